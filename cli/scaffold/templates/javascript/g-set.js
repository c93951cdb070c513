#!/usr/bin/env node
// g-set: twice a second a node tells all others everything that it holds.
// Whatever the network loses, the next message makes up for.
import { Node } from "./maelstrom.js";

const node = new Node();
const elements = new Set();

node.on("add", ({ element }) => {
  elements.add(element);
  return {};
});

node.on("read", () => ({ value: [...elements] }));

node.every(500, () => {
  for (const peer of node.peers) node.send(peer, { type: "merge", value: [...elements] });
});

node.on("merge", ({ value }) => {
  for (const element of value) elements.add(element);
});

node.run();
