//! Maelstrom's protocol: one JSON object a line, on standard input and output.
//!
//! A service is a state machine. It is handed one request after the other in one thread, so it needs
//! no locks, and it never waits: the reply to a request of its own comes to a closure.

#![allow(dead_code)] // no node needs all of it

use serde_json::{json, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io::{BufRead, Write};
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

// Codes of errors (Maelstrom's doc/protocol.md). A timeout leaves open whether the request was
// carried out; the others say that it was not.
pub const TIMEOUT: i64 = 0;
pub const NOT_SUPPORTED: i64 = 10;
pub const MALFORMED_REQUEST: i64 = 12;
pub const KEY_DOES_NOT_EXIST: i64 = 20;
pub const PRECONDITION_FAILED: i64 = 22;
pub const TXN_CONFLICT: i64 = 30;

/// How often a service's tick is called.
const TICK: Duration = Duration::from_millis(100);

/// An error of the protocol.
#[derive(Clone, Debug)]
pub struct Error {
    pub code: i64,
    pub text: String,
}

impl Error {
    pub fn new(code: i64, text: impl Into<String>) -> Error {
        Error {
            code,
            text: text.into(),
        }
    }
}

/// The fields of a reply; None for no reply, or a later one by Node::answer.
pub type Answer = Result<Option<Value>, Error>;

pub trait Service: Sized + 'static {
    fn handle(&mut self, node: &mut Node<Self>, request: &Request) -> Answer;

    /// Called ten times a second, from init on.
    fn tick(&mut self, _node: &mut Node<Self>) {}
}

/// A message of another node or a client.
#[derive(Clone)]
pub struct Request {
    src: String,
    pub kind: String,
    pub body: Value,
}

impl Request {
    /// Gives a field as what `read` makes of it, such as Value::as_i64.
    pub fn field<'a, T>(
        &'a self,
        name: &str,
        read: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<T, Error> {
        read(&self.body[name]).ok_or_else(|| {
            Error::new(
                MALFORMED_REQUEST,
                format!(
                    "{}: the field {} makes no sense: {}",
                    self.kind, name, self.body[name]
                ),
            )
        })
    }

    /// The answer to a request that the service does not know.
    pub fn unknown(&self) -> Answer {
        Err(Error::new(
            NOT_SUPPORTED,
            format!("this node knows no message of type {}", self.kind),
        ))
    }
}

type Then<S> = Box<dyn FnOnce(&mut S, &mut Node<S>, Result<Value, Error>)>;

/// This node, and the way to others.
pub struct Node<S> {
    pub id: String,
    pub ids: Vec<String>,
    last_id: u64,
    waiting: BTreeMap<u64, (Instant, Error, Then<S>)>, // until when, or else the error
}

impl<S: Service> Node<S> {
    /// The other nodes.
    pub fn peers(&self) -> Vec<String> {
        self.ids
            .iter()
            .filter(|id| **id != self.id)
            .cloned()
            .collect()
    }

    /// Sends a message that may be lost.
    pub fn send(&self, dest: &str, body: Value) {
        let line = json!({"src": self.id, "dest": dest, "body": body}).to_string() + "\n";
        let mut out = std::io::stdout().lock();
        out.write_all(line.as_bytes())
            .and_then(|_| out.flush())
            .expect("write to standard output");
    }

    /// Sends a request. The body of the reply, or an error, comes to `then`.
    pub fn rpc(
        &mut self,
        dest: &str,
        mut body: Value,
        within: Duration,
        then: impl FnOnce(&mut S, &mut Node<S>, Result<Value, Error>) + 'static,
    ) {
        self.last_id += 1;
        body["msg_id"] = json!(self.last_id);
        let late = Error::new(TIMEOUT, format!("{dest} did not answer in {within:?}"));
        self.waiting.insert(
            self.last_id,
            (Instant::now() + within, late, Box::new(then)),
        );
        self.send(dest, body);
    }

    /// Sends several requests, each to its node. All replies, or the last error, come to `then`.
    pub fn rpc_all(
        &mut self,
        requests: Vec<(String, Value)>,
        within: Duration,
        then: impl FnOnce(&mut S, &mut Node<S>, Result<Vec<Value>, Error>) + 'static,
    ) {
        let gathered = Rc::new(RefCell::new((requests.len(), Ok(Vec::new()), Some(then))));
        for (dest, body) in requests {
            let gathered = gathered.clone();
            self.rpc(&dest, body, within, move |service, node, reply| {
                let mut g = gathered.borrow_mut();
                match (reply, &mut g.1) {
                    (Ok(body), Ok(bodies)) => bodies.push(body),
                    (Err(e), _) => g.1 = Err(e),
                    _ => {}
                }
                g.0 -= 1;
                if g.0 == 0 {
                    let (all, then) = (std::mem::replace(&mut g.1, Ok(Vec::new())), g.2.take());
                    drop(g);
                    then.expect("the last reply comes once")(service, node, all);
                }
            });
        }
    }

    /// Answers a request that was not answered at once.
    pub fn answer(&self, request: &Request, answer: Answer) {
        let mut body = match answer {
            Ok(None) => return,
            Ok(Some(mut fields)) => {
                fields["type"] = json!(request.kind.clone() + "_ok");
                fields
            }
            Err(e) => json!({"type": "error", "code": e.code, "text": e.text}),
        };
        if let Some(id) = request.body.get("msg_id") {
            body["in_reply_to"] = id.clone();
            self.send(&request.src, body);
        }
    }

    fn take(&mut self, service: &mut S, message: Value) {
        let body = &message["body"];
        if let Some(id) = body.get("in_reply_to") {
            // A late reply finds nobody who waits for it.
            if let Some((_, _, then)) = id.as_u64().and_then(|id| self.waiting.remove(&id)) {
                then(service, self, reply(body));
            }
            return;
        }
        let text = |v: &Value| v.as_str().unwrap_or_default().to_string();
        let request = Request {
            src: text(&message["src"]),
            kind: text(&body["type"]),
            body: body.clone(),
        };
        let answer = if request.kind == "init" {
            self.init(&request)
        } else {
            service.handle(self, &request)
        };
        self.answer(&request, answer);
    }

    fn init(&mut self, request: &Request) -> Answer {
        self.id = request.field("node_id", Value::as_str)?.to_string();
        self.ids = request
            .field("node_ids", Value::as_array)?
            .iter()
            .filter_map(Value::as_str)
            .map(String::from)
            .collect();
        Ok(Some(json!({})))
    }

    fn time_out(&mut self, service: &mut S) {
        let now = Instant::now();
        let late: Vec<u64> = self
            .waiting
            .iter()
            .filter(|(_, w)| w.0 <= now)
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            let (_, error, then) = self.waiting.remove(&id).expect("it waits");
            then(service, self, Err(error));
        }
    }
}

fn reply(body: &Value) -> Result<Value, Error> {
    if body["type"] == "error" {
        return Err(Error::new(
            body["code"].as_i64().unwrap_or(TIMEOUT),
            body["text"].as_str().unwrap_or(""),
        ));
    }
    Ok(body.clone())
}

/// Is the node until standard input ends and no reply is waited for.
pub fn run<S: Service>(mut service: S) {
    let (lines, read) = mpsc::channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            lines
                .send(line.expect("read standard input"))
                .expect("the node runs");
        }
    });
    let mut node = Node {
        id: String::new(),
        ids: Vec::new(),
        last_id: 0,
        waiting: BTreeMap::new(),
    };
    let mut next_tick = Instant::now() + TICK;
    let mut ended = false;
    while !ended || !node.waiting.is_empty() {
        let due = node
            .waiting
            .values()
            .map(|w| w.0)
            .fold(next_tick, Instant::min);
        match read.recv_timeout(due.saturating_duration_since(Instant::now())) {
            Ok(line) => match serde_json::from_str(&line) {
                Ok(message) => node.take(&mut service, message),
                Err(e) => eprintln!("this line is not JSON: {e}: {line}"),
            },
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => {
                ended = true;
                std::thread::sleep(due.saturating_duration_since(Instant::now()));
            }
        }
        node.time_out(&mut service);
        if Instant::now() >= next_tick {
            next_tick = Instant::now() + TICK;
            if !node.id.is_empty() && !ended {
                service.tick(&mut node);
            }
        }
    }
}
