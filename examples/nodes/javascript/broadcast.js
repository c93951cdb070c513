// A broadcast node in JavaScript, in one file: it keeps sending a value to a peer until that acknowledges it.
//
//   node broadcast.js                       correct
//   node broadcast.js --wrong silent        answers nothing after 10 requests
//   node broadcast.js --wrong string-ids    puts in_reply_to in quotes
//   node broadcast.js --wrong endless       sends what it gets back to where it came from, for ever
"use strict";
const readline = require("node:readline");

const wrong = process.argv[3] ?? "";
const state = { id: "", peers: [], values: new Set(), unacknowledged: new Map(), requests: 0 };

function send(dest, body) {
  process.stdout.write(JSON.stringify({ src: state.id, dest, body }) + "\n");
}

function reply(request, body) {
  const id = request.body.msg_id;
  const late = wrong === "string-ids" && body.type !== "init_ok" && body.type !== "topology_ok";
  send(request.src, { ...body, in_reply_to: late ? String(id) : id });
}

function learn(value, source) {
  if (state.values.has(value)) return;
  state.values.add(value);
  for (const peer of state.peers) {
    if (peer === source) continue;
    state.unacknowledged.get(peer).add(value);
    send(peer, { type: "gossip", values: [value] });
  }
}

const handlers = {
  init(message) {
    state.id = message.body.node_id;
    state.peers = message.body.node_ids.filter((id) => id !== state.id);
    for (const peer of state.peers) state.unacknowledged.set(peer, new Set());
    reply(message, { type: "init_ok" });
  },
  topology(message) {
    reply(message, { type: "topology_ok" });
  },
  broadcast(message) {
    learn(message.body.message, message.src);
    reply(message, { type: "broadcast_ok" });
  },
  read(message) {
    reply(message, { type: "read_ok", messages: [...state.values] });
  },
  gossip(message) {
    for (const value of message.body.values) learn(value, message.src);
    send(message.src, { type: "gossip_ok", values: message.body.values });
    if (wrong === "endless") setTimeout(() => send(message.src, { type: "gossip", values: message.body.values }), 5);
  },
  gossip_ok(message) {
    for (const value of message.body.values) state.unacknowledged.get(message.src).delete(value);
  },
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const message = JSON.parse(line);
  if (message.src.startsWith("c")) state.requests++;
  if (wrong === "silent" && state.requests > 10) return;
  handlers[message.body.type](message);
});

setInterval(() => {
  for (const [peer, values] of state.unacknowledged) {
    if (values.size > 0) send(peer, { type: "gossip", values: [...values] });
  }
}, 500);
