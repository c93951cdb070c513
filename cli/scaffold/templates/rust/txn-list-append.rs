//! txn-list-append: all lists are one value in Maelstrom's service lin-kv. A transaction reads it, and
//! puts the new one in its place if no other transaction was faster.

mod maelstrom;

use maelstrom::{
    Answer, Error, Node, Request, Service, KEY_DOES_NOT_EXIST, PRECONDITION_FAILED, TXN_CONFLICT,
};
use serde_json::{json, Value};
use std::time::{Duration, Instant};

const WITHIN: Duration = Duration::from_secs(1);
const TRY_FOR: Duration = Duration::from_secs(3); // clients wait for 5 s

struct Store;

impl Service for Store {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "txn" => {
                request.field("txn", Value::as_array)?;
                attempt(node, request.clone(), Instant::now() + TRY_FOR);
                Ok(None)
            }
            _ => request.unknown(),
        }
    }
}

/// One attempt of a transaction; the next one begins where it meets a faster one.
fn attempt(node: &mut Node<Store>, request: Request, deadline: Instant) {
    let read = json!({"type": "read", "key": "lists"});
    node.rpc("lin-kv", read, WITHIN, move |_, node, reply| {
        let before = match reply {
            Ok(body) => body["value"].clone(),
            Err(e) if e.code == KEY_DOES_NOT_EXIST => json!({}),
            Err(e) => return node.answer(&request, Err(e)),
        };
        let (after, results) = perform(&request.body["txn"], &before);
        if after == before {
            return node.answer(&request, Ok(Some(json!({ "txn": results }))));
        }
        let cas = json!({"type": "cas", "key": "lists", "from": before, "to": after, "create_if_not_exists": true});
        node.rpc("lin-kv", cas, WITHIN, move |_, node, reply| match reply {
            Ok(_) => node.answer(&request, Ok(Some(json!({ "txn": results })))),
            Err(e) if e.code != PRECONDITION_FAILED => node.answer(&request, Err(e)),
            Err(_) if Instant::now() < deadline => attempt(node, request, deadline),
            Err(_) => node.answer(&request, Err(Error::new(TXN_CONFLICT, format!("other transactions were faster for {TRY_FOR:?}")))),
        });
    });
}

/// Carries a transaction out on a copy of the lists.
fn perform(txn: &Value, before: &Value) -> (Value, Vec<Value>) {
    let (mut after, mut results) = (before.clone(), Vec::new());
    for operation in txn.as_array().into_iter().flatten() {
        let key = operation[1].to_string(); // keys of JSON objects are strings
        if operation[0] == "append" {
            match after[&key].as_array_mut() {
                Some(list) => list.push(operation[2].clone()),
                None => after[&key] = json!([operation[2]]),
            }
            results.push(operation.clone());
        } else {
            let list = after.get(&key).cloned().unwrap_or(Value::Null);
            results.push(json!([operation[0], operation[1], list]));
        }
    }
    (after, results)
}

fn main() {
    maelstrom::run(Store);
}
