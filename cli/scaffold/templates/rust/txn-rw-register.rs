//! txn-rw-register: a node applies a transaction at once and tells the others what it wrote, until they
//! acknowledge it. Of two writes to a key the one with the later stamp wins, on every node alike.

mod maelstrom;
mod outbox;

use maelstrom::{Answer, Node, Request, Service};
use outbox::Outbox;
use serde_json::{json, Value};
use std::collections::BTreeMap;

/// Lamport's clock, then the node.
type Stamp = (i64, String);

#[derive(Default)]
struct Store {
    registers: BTreeMap<String, (Stamp, Value)>, // by key, as JSON
    clock: i64,                                  // later than every stamp that was seen
    outbox: Outbox,
}

impl Service for Store {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "txn" => {
                let txn = request.field("txn", Value::as_array)?;
                Ok(Some(json!({"txn": self.perform(node, txn)})))
            }
            "replicate" => {
                for item in request.field("items", Value::as_array)? {
                    let stamp = (
                        item["clock"].as_i64().unwrap_or(0),
                        item["node"].as_str().unwrap_or("").to_string(),
                    );
                    self.clock = self.clock.max(stamp.0);
                    for (key, value) in item["writes"].as_object().into_iter().flatten() {
                        self.apply(&stamp, key, value);
                    }
                }
                Ok(Some(json!({})))
            }
            _ => request.unknown(),
        }
    }

    fn tick(&mut self, node: &mut Node<Self>) {
        self.outbox
            .flush(node, "replicate", |service| &mut service.outbox);
    }
}

impl Store {
    fn perform(&mut self, node: &Node<Self>, txn: &[Value]) -> Vec<Value> {
        self.clock += 1;
        let stamp = (self.clock, node.id.clone());
        let mut written: BTreeMap<String, Value> = BTreeMap::new();
        let mut results = Vec::new();
        for operation in txn {
            let (f, key) = (&operation[0], operation[1].to_string());
            let value = if f == "w" {
                written.insert(key, operation[2].clone());
                operation[2].clone()
            } else {
                written
                    .get(&key)
                    .or_else(|| self.registers.get(&key).map(|(_, value)| value))
                    .cloned()
                    .unwrap_or(Value::Null)
            };
            results.push(json!([f, operation[1], value]));
        }
        for (key, value) in &written {
            self.apply(&stamp, key, value);
        }
        if !written.is_empty() {
            self.outbox.add(
                node,
                &json!({"clock": stamp.0, "node": stamp.1, "writes": written}),
            );
        }
        results
    }

    /// Keeps of two values of a key the one with the later stamp, in whatever order they come.
    fn apply(&mut self, stamp: &Stamp, key: &str, value: &Value) {
        if self
            .registers
            .get(key)
            .map_or(true, |(held, _)| held < stamp)
        {
            self.registers
                .insert(key.to_string(), (stamp.clone(), value.clone()));
        }
    }
}

fn main() {
    maelstrom::run(Store::default());
}
