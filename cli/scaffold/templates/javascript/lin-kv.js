#!/usr/bin/env node
// lin-kv: hands each request to Maelstrom's own service lin-kv, which is
// linearizable, so the nodes are too.
import { Node } from "./maelstrom.js";

const node = new Node();

async function forward(body) {
  const reply = await node.rpc("lin-kv", body, 500); // clients wait for 1 s
  return "value" in reply ? { value: reply.value } : {};
}

for (const type of ["read", "write", "cas"]) node.on(type, forward);

node.run();
