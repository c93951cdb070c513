#!/usr/bin/env node
// broadcast: the node that is given a value tells all others, until each has
// acknowledged it.
import { Node } from "./maelstrom.js";
import { Outbox } from "./outbox.js";

const node = new Node();
const outbox = new Outbox(node, "replicate");
const values = new Set();

node.on("topology", () => ({})); // an offer: this node tells all others itself

node.on("broadcast", ({ message }) => {
  if (!values.has(message)) {
    values.add(message);
    outbox.add(message);
  }
  return {};
});

node.on("replicate", ({ items }) => {
  for (const value of items) values.add(value);
  return {};
});

node.on("read", () => ({ messages: [...values] }));

node.run();
