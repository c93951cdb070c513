//! kafka: each log has one owner, a node that its key determines. Others forward requests to it. A log's
//! offsets are the places in its owner's list.

mod maelstrom;

use maelstrom::{Answer, Node, Request, Service};
use serde_json::{json, Map, Value};
use std::collections::BTreeMap;
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(1);

#[derive(Default)]
struct Broker {
    logs: BTreeMap<String, Vec<Value>>,
    committed: BTreeMap<String, u64>,
}

impl Service for Broker {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        match request.kind.as_str() {
            "send" => self.send(node, request),
            "poll" => {
                let offsets = request.field("offsets", Value::as_object)?;
                if !forward(node, request, offsets.keys(), "offsets", "msgs") {
                    return Ok(Some(json!({"msgs": self.poll(offsets)})));
                }
                Ok(None)
            }
            "commit_offsets" => {
                let offsets = request.field("offsets", Value::as_object)?;
                if !forward(node, request, offsets.keys(), "offsets", "") {
                    for (key, offset) in offsets {
                        let committed = self.committed.entry(key.clone()).or_default();
                        *committed = offset.as_u64().unwrap_or(0).max(*committed);
                    }
                    return Ok(Some(json!({})));
                }
                Ok(None)
            }
            "list_committed_offsets" => {
                let keys: Vec<String> = request
                    .field("keys", Value::as_array)?
                    .iter()
                    .filter_map(Value::as_str)
                    .map(String::from)
                    .collect();
                if !forward(node, request, keys.iter(), "keys", "offsets") {
                    let known: BTreeMap<_, _> = self
                        .committed
                        .iter()
                        .filter(|(key, _)| keys.contains(key))
                        .collect();
                    return Ok(Some(json!({"offsets": known})));
                }
                Ok(None)
            }
            _ => request.unknown(),
        }
    }
}

impl Broker {
    fn send(&mut self, node: &mut Node<Self>, request: &Request) -> Answer {
        let key = request.field("key", Value::as_str)?;
        let owner = owner(node, key);
        if owner != node.id {
            let (asked, body) = (
                request.clone(),
                json!({"type": "send", "key": key, "msg": request.body["msg"]}),
            );
            node.rpc(&owner, body, WITHIN, move |_, node, reply| {
                node.answer(
                    &asked,
                    reply.map(|sent| Some(json!({"offset": sent["offset"]}))),
                );
            });
            return Ok(None);
        }
        let log = self.logs.entry(key.to_string()).or_default();
        log.push(request.body["msg"].clone());
        Ok(Some(json!({"offset": log.len() - 1})))
    }

    fn poll(&self, offsets: &Map<String, Value>) -> BTreeMap<String, Vec<(usize, &Value)>> {
        let from = |key: &String, at: &Value| {
            let log = self.logs.get(key).map(Vec::as_slice).unwrap_or_default();
            log.iter()
                .enumerate()
                .skip(at.as_u64().unwrap_or(0) as usize)
                .collect()
        };
        offsets
            .iter()
            .map(|(key, at)| (key.clone(), from(key, at)))
            .collect()
    }
}

/// The node that has the log of a key.
fn owner(node: &Node<Broker>, key: &str) -> String {
    let sum: usize = key.bytes().map(usize::from).sum();
    node.ids[sum % node.ids.len()].clone()
}

/// Sends each owner its part of a request, whose keys are those of the field `asked`, and answers with
/// what the replies hold in the field `told`, together. Does nothing, and says so, if all keys are this
/// node's own.
fn forward<'a>(
    node: &mut Node<Broker>,
    request: &Request,
    keys: impl Iterator<Item = &'a String>,
    asked: &str,
    told: &'static str,
) -> bool {
    let mut parts: BTreeMap<String, Value> = BTreeMap::new();
    for key in keys {
        let part = parts
            .entry(owner(node, key))
            .or_insert_with(|| json!({"type": request.kind}));
        match &request.body[asked] {
            Value::Object(values) => part[asked][key] = values[key].clone(),
            _ => match part[asked].as_array_mut() {
                Some(some) => some.push(json!(key)),
                None => part[asked] = json!([key]),
            },
        }
    }
    if parts.keys().all(|owner| *owner == node.id) {
        return false;
    }
    let request = request.clone();
    node.rpc_all(
        parts.into_iter().collect(),
        WITHIN,
        move |_, node, replies| {
            let together = |replies: Vec<Value>| {
                let mut all = Map::new();
                for reply in &replies {
                    all.extend(reply[told].as_object().cloned().unwrap_or_default());
                }
                Some(if told.is_empty() {
                    json!({})
                } else {
                    json!({ told: all })
                })
            };
            node.answer(&request, replies.map(together));
        },
    );
    true
}

fn main() {
    maelstrom::run(Broker::default());
}
