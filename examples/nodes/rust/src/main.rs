//! A broadcast node in Rust: it keeps sending a value to a peer until that acknowledges it.
//!
//!     broadcast                      correct
//!     broadcast --wrong twice        answers each read twice
//!     broadcast --wrong crash        panics at the value 20
//!     broadcast --wrong no-newline   does not end the line of an answer to a read

use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, Write};
use std::sync::mpsc::{channel, RecvTimeoutError};
use std::time::{Duration, Instant};

const RETRY: Duration = Duration::from_millis(500);

#[derive(Default)]
struct Node {
    wrong: String,
    id: String,
    values: BTreeSet<i64>,
    unacknowledged: BTreeMap<String, BTreeSet<i64>>,
}

impl Node {
    fn send(&self, dest: &str, body: Value, end: &str) {
        let mut out = std::io::stdout().lock();
        write!(out, "{}{}", json!({"src": self.id, "dest": dest, "body": body}), end).expect("stdout");
        out.flush().expect("stdout");
    }

    fn reply(&self, request: &Value, mut body: Value) {
        body["in_reply_to"] = request["body"]["msg_id"].clone();
        let read = body["type"] == "read_ok";
        let end = if read && self.wrong == "no-newline" { "" } else { "\n" };
        let dest = request["src"].as_str().unwrap();
        self.send(dest, body.clone(), end);
        if read && self.wrong == "twice" {
            self.send(dest, body, end);
        }
    }

    fn learn(&mut self, value: i64, source: &str) {
        if self.wrong == "crash" && value == 20 {
            panic!("no room for value {value}");
        }
        if !self.values.insert(value) {
            return;
        }
        for (peer, waiting) in self.unacknowledged.iter_mut() {
            if peer != source {
                waiting.insert(value);
            }
        }
        for peer in self.unacknowledged.keys().filter(|p| *p != source) {
            self.send(peer, json!({"type": "gossip", "values": [value]}), "\n");
        }
    }

    fn handle(&mut self, message: &Value) {
        let body = &message["body"];
        let source = message["src"].as_str().unwrap();
        let values: Vec<i64> = body["values"].as_array().into_iter().flatten().filter_map(Value::as_i64).collect();
        match body["type"].as_str().unwrap() {
            "init" => {
                self.id = body["node_id"].as_str().unwrap().to_string();
                for peer in body["node_ids"].as_array().unwrap().iter().filter_map(Value::as_str) {
                    if peer != self.id {
                        self.unacknowledged.insert(peer.to_string(), BTreeSet::new());
                    }
                }
                self.reply(message, json!({"type": "init_ok"}));
            }
            "topology" => self.reply(message, json!({"type": "topology_ok"})),
            "broadcast" => {
                self.learn(body["message"].as_i64().unwrap(), source);
                self.reply(message, json!({"type": "broadcast_ok"}));
            }
            "read" => self.reply(message, json!({"type": "read_ok", "messages": self.values})),
            "gossip" => {
                for value in &values {
                    self.learn(*value, source);
                }
                self.send(source, json!({"type": "gossip_ok", "values": values}), "\n");
            }
            "gossip_ok" => {
                let waiting = self.unacknowledged.get_mut(source).unwrap();
                values.iter().for_each(|value| {
                    waiting.remove(value);
                });
            }
            other => eprintln!("no handler for {other}"),
        }
    }

    fn retry(&self) {
        for (peer, waiting) in self.unacknowledged.iter().filter(|(_, w)| !w.is_empty()) {
            self.send(peer, json!({"type": "gossip", "values": waiting}), "\n");
        }
    }
}

fn main() {
    let mut node = Node { wrong: std::env::args().nth(2).unwrap_or_default(), ..Default::default() };
    let (lines, inbox) = channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            if lines.send(line.expect("stdin")).is_err() {
                return;
            }
        }
    });
    let mut due = Instant::now() + RETRY;
    loop {
        match inbox.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(line) => node.handle(&serde_json::from_str(&line).expect("a message")),
            Err(RecvTimeoutError::Timeout) => {
                node.retry();
                due = Instant::now() + RETRY;
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}
