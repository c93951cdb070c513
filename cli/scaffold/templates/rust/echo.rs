//! echo: answers with what it is sent.

mod maelstrom;

use maelstrom::{Answer, Node, Request, Service};
use serde_json::json;

struct Echo;

impl Service for Echo {
    fn handle(&mut self, _: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "echo" => Ok(Some(json!({"echo": request.body["echo"]}))),
            _ => request.unknown(),
        }
    }
}

fn main() {
    maelstrom::run(Echo);
}
