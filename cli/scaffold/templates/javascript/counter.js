#!/usr/bin/env node
// «.Workload»: each node counts what it was asked to add itself, ups and downs
// apart, and tells the others. Both only grow, so of two counts of one node the
// higher is the newer.
import { Node } from "./maelstrom.js";

const node = new Node();
const counts = new Map(); // by node: [ups, downs]
const countsOf = (id) => counts.get(id) ?? [0, 0];

node.on("add", ({ delta }) => {
  const [ups, downs] = countsOf(node.id);
  counts.set(node.id, [ups + Math.max(delta, 0), downs + Math.max(-delta, 0)]);
  return {};
});

node.on("read", () => {
  let value = 0;
  for (const [ups, downs] of counts.values()) value += ups - downs;
  return { value };
});

node.every(500, () => {
  for (const peer of node.peers) node.send(peer, { type: "merge", counts: [...counts] });
});

node.on("merge", (body) => {
  for (const [id, [ups, downs]] of body.counts) {
    const ours = countsOf(id);
    counts.set(id, [Math.max(ours[0], ups), Math.max(ours[1], downs)]);
  }
});

node.run();
