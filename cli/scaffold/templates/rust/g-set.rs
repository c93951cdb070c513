//! g-set: twice a second a node tells all others everything that it holds. Whatever the network loses,
//! the next message makes up for.

mod maelstrom;

use maelstrom::{Answer, Node, Request, Service};
use serde_json::{json, Value};
use std::collections::BTreeSet;

#[derive(Default)]
struct Set {
    elements: BTreeSet<i64>,
    ticks: u64,
}

impl Service for Set {
    fn handle(&mut self, _: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "add" => {
                self.elements
                    .insert(request.field("element", Value::as_i64)?);
                Ok(Some(json!({})))
            }
            "read" => Ok(Some(json!({"value": self.elements}))),
            "merge" => {
                let theirs = request.field("value", Value::as_array)?;
                self.elements
                    .extend(theirs.iter().filter_map(Value::as_i64));
                Ok(None)
            }
            _ => request.unknown(),
        }
    }

    fn tick(&mut self, node: &mut Node<Self>) {
        self.ticks += 1;
        if self.ticks % 5 == 0 {
            for peer in node.peers() {
                node.send(&peer, json!({"type": "merge", "value": self.elements}));
            }
        }
    }
}

fn main() {
    maelstrom::run(Set::default());
}
