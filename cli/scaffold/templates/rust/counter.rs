//! «.Workload»: each node counts what it was asked to add itself, ups and downs apart, and tells the
//! others. Both only grow, so of two counts of one node the higher is the newer.

mod maelstrom;

use maelstrom::{Answer, Node, Request, Service};
use serde_json::{json, Value};
use std::collections::BTreeMap;

#[derive(Default)]
struct Counter {
    counts: BTreeMap<String, [i64; 2]>, // by node: ups, downs
    ticks: u64,
}

impl Service for Counter {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "add" => {
                let delta = request.field("delta", Value::as_i64)?;
                let own = self.counts.entry(node.id.clone()).or_default();
                own[0] += delta.max(0);
                own[1] += (-delta).max(0);
                Ok(Some(json!({})))
            }
            "read" => {
                let value: i64 = self.counts.values().map(|[ups, downs]| ups - downs).sum();
                Ok(Some(json!({"value": value})))
            }
            "merge" => {
                for (id, theirs) in request.field("counts", Value::as_object)? {
                    let ours = self.counts.entry(id.clone()).or_default();
                    for i in 0..2 {
                        ours[i] = ours[i].max(theirs[i].as_i64().unwrap_or(0));
                    }
                }
                Ok(None)
            }
            _ => request.unknown(),
        }
    }

    fn tick(&mut self, node: &mut Node<Self>) {
        self.ticks += 1;
        if self.ticks % 5 == 0 {
            for peer in node.peers() {
                node.send(&peer, json!({"type": "merge", "counts": self.counts}));
            }
        }
    }
}

fn main() {
    maelstrom::run(Counter::default());
}
