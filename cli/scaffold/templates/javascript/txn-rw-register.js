#!/usr/bin/env node
// txn-rw-register: a node applies a transaction at once and tells the others what
// it wrote, until they acknowledge it. Of two writes to a key the one with the
// later stamp wins, on every node alike.
import { Node } from "./maelstrom.js";
import { Outbox } from "./outbox.js";

const node = new Node();
const outbox = new Outbox(node, "replicate");
const registers = new Map(); // by key: { stamp, value }
let clock = 0; // Lamport's: later than every stamp that was seen

const later = ([clockA, nodeA], [clockB, nodeB]) => clockA > clockB || (clockA === clockB && nodeA > nodeB);

function apply(stamp, writes) {
  for (const [key, value] of writes) {
    const held = registers.get(key);
    if (!held || later(stamp, held.stamp)) registers.set(key, { stamp, value });
  }
}

node.on("txn", ({ txn }) => {
  const stamp = [++clock, node.id];
  const written = new Map();
  const results = txn.map(([f, key, value]) => {
    if (f === "w") written.set(key, value);
    else value = written.has(key) ? written.get(key) : (registers.get(key)?.value ?? null);
    return [f, key, value];
  });
  if (written.size > 0) {
    apply(stamp, written);
    outbox.add([stamp, [...written]]);
  }
  return { txn: results };
});

node.on("replicate", ({ items }) => {
  for (const [stamp, writes] of items) {
    clock = Math.max(clock, stamp[0]);
    apply(stamp, writes);
  }
  return {};
});

node.run();
