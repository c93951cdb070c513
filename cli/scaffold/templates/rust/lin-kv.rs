//! lin-kv: hands each request to Maelstrom's own service lin-kv, which is linearizable, so the nodes
//! are too.

mod maelstrom;

use maelstrom::{Answer, Node, Request, Service};
use serde_json::{json, Value};
use std::time::Duration;

const WITHIN: Duration = Duration::from_millis(500); // clients wait for 1 s

struct Forwarder;

impl Service for Forwarder {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        if !["read", "write", "cas"].contains(&request.kind.as_str()) {
            return request.unknown();
        }
        let asked = request.clone();
        node.rpc(
            "lin-kv",
            request.body.clone(),
            WITHIN,
            move |_, node, reply| {
                let fields = |body: Value| match body.get("value") {
                    Some(value) => json!({ "value": value }),
                    None => json!({}),
                };
                node.answer(&asked, reply.map(|body| Some(fields(body))));
            },
        );
        Ok(None)
    }
}

fn main() {
    maelstrom::run(Forwarder);
}
