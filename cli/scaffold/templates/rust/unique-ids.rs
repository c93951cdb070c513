//! unique-ids: an id is the node's name, the time of its start, and a count.

mod maelstrom;

use maelstrom::{Answer, Node, Request, Service};
use serde_json::json;
use std::time::{SystemTime, UNIX_EPOCH};

struct Ids {
    start: u128, // in nanoseconds: a node that was killed does not repeat itself
    count: u64,
}

impl Service for Ids {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "generate" => {
                self.count += 1;
                Ok(Some(
                    json!({"id": format!("{}-{:x}-{}", node.id, self.start, self.count)}),
                ))
            }
            _ => request.unknown(),
        }
    }
}

fn main() {
    let start = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .expect("it is past 1970")
        .as_nanos();
    maelstrom::run(Ids { start, count: 0 });
}
