#!/usr/bin/env node
// txn-list-append: all lists are one value in Maelstrom's service lin-kv. A
// transaction reads it, and puts the new one in its place if no other transaction
// was faster.
import { KEY_DOES_NOT_EXIST, Node, PRECONDITION_FAILED, RPCError, TXN_CONFLICT } from "./maelstrom.js";

const node = new Node();

node.on("txn", async ({ txn }) => {
  const deadline = Date.now() + 3000; // clients wait for 5 s
  while (Date.now() < deadline) {
    const before = await load();
    const { after, results } = perform(txn, before);
    const writes = txn.some(([f]) => f === "append");
    if (!writes || (await replace(before, after))) return { txn: results };
  }
  throw new RPCError(TXN_CONFLICT, "other transactions were faster for 3 s");
});

function perform(txn, lists) {
  const after = { ...lists };
  const results = txn.map(([f, key, value]) => {
    if (f === "append") after[key] = [...(after[key] ?? []), value];
    else value = after[key] ?? null;
    return [f, key, value];
  });
  return { after, results };
}

async function load() {
  try {
    return (await node.rpc("lin-kv", { type: "read", key: "lists" })).value;
  } catch (e) {
    if (e.code === KEY_DOES_NOT_EXIST) return {};
    throw e;
  }
}

async function replace(before, after) {
  try {
    await node.rpc("lin-kv", { type: "cas", key: "lists", from: before, to: after, create_if_not_exists: true });
    return true;
  } catch (e) {
    if (e.code === PRECONDITION_FAILED) return false;
    throw e;
  }
}

node.run();
