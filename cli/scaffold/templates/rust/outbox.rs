//! Items on their way to every other node, sent until they are acknowledged.

use crate::maelstrom::{Node, Service};
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// What each peer has not acknowledged yet. A request brings a peer all of it, and the next one waits
/// for the reply. So an item may arrive twice, and whoever receives it must not mind.
#[derive(Default)]
pub struct Outbox {
    missing: BTreeMap<String, Vec<Value>>,
    asked: BTreeSet<String>, // peers that have not answered yet
}

impl Outbox {
    pub fn add<S: Service>(&mut self, node: &Node<S>, item: &Value) {
        for peer in node.peers() {
            self.missing.entry(peer).or_default().push(item.clone());
        }
    }

    /// Sends each peer what it lacks, in messages of type `kind`. `of` finds the outbox in its service.
    pub fn flush<S: Service>(
        &mut self,
        node: &mut Node<S>,
        kind: &str,
        of: fn(&mut S) -> &mut Outbox,
    ) {
        for (peer, items) in &self.missing {
            if items.is_empty() || !self.asked.insert(peer.clone()) {
                continue;
            }
            let (to, count) = (peer.clone(), items.len());
            node.rpc(
                peer,
                json!({"type": kind, "items": items}),
                Duration::from_secs(1),
                move |service, _, reply| {
                    let outbox = of(service);
                    outbox.asked.remove(&to);
                    if reply.is_ok() {
                        outbox.missing.entry(to).or_default().drain(..count);
                    } // else the same is sent again, and what has come since
                },
            );
        }
    }
}
