//! broadcast: the node that is given a value tells all others, until each has acknowledged it.

mod maelstrom;
mod outbox;

use maelstrom::{Answer, Node, Request, Service};
use outbox::Outbox;
use serde_json::{json, Value};
use std::collections::BTreeSet;

#[derive(Default)]
struct Broadcast {
    values: BTreeSet<i64>,
    outbox: Outbox,
}

impl Service for Broadcast {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "topology" => Ok(Some(json!({}))), // an offer: this node tells all others itself
            "broadcast" => {
                let value = request.field("message", Value::as_i64)?;
                if self.values.insert(value) {
                    self.outbox.add(node, &json!(value));
                }
                Ok(Some(json!({})))
            }
            "replicate" => {
                let items = request.field("items", Value::as_array)?;
                self.values.extend(items.iter().filter_map(Value::as_i64));
                Ok(Some(json!({})))
            }
            "read" => Ok(Some(json!({"messages": self.values}))),
            _ => request.unknown(),
        }
    }

    fn tick(&mut self, node: &mut Node<Self>) {
        self.outbox
            .flush(node, "replicate", |service| &mut service.outbox);
    }
}

fn main() {
    maelstrom::run(Broadcast::default());
}
