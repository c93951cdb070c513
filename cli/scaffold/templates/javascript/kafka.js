#!/usr/bin/env node
// kafka: each log has one owner, a node that its key determines. Others forward
// requests to it. A log's offsets are the places in its owner's list.
import { Node } from "./maelstrom.js";

const node = new Node();
const logs = new Map(); // by key: the messages
const committed = new Map(); // by key: an offset

const owner = (key) => node.ids[Buffer.from(key).reduce((sum, byte) => sum + byte, 0) % node.ids.length];
const isMine = (key) => owner(key) === node.id;

// askOwners asks each owner for its part of the keys, and gives the replies of
// all. part makes the request for some of them.
function askOwners(keys, part) {
  const owners = [...new Set(keys.map(owner))];
  return Promise.all(
    owners.map((dest) => {
      const body = part(keys.filter((key) => owner(key) === dest));
      return dest === node.id ? node.answer(body) : node.rpc(dest, body);
    }),
  );
}

const pick = (object, keys) => Object.fromEntries(keys.map((key) => [key, object[key]]));

node.on("send", async ({ key, msg }) => {
  if (!isMine(key)) {
    const { offset } = await node.rpc(owner(key), { type: "send", key, msg });
    return { offset };
  }
  if (!logs.has(key)) logs.set(key, []);
  return { offset: logs.get(key).push(msg) - 1 };
});

node.on("poll", async ({ offsets }) => {
  const keys = Object.keys(offsets);
  const msgs = {};
  if (keys.every(isMine)) {
    for (const key of keys) {
      const at = offsets[key];
      msgs[key] = (logs.get(key) ?? []).slice(at).map((msg, i) => [at + i, msg]);
    }
    return { msgs };
  }
  const replies = await askOwners(keys, (some) => ({ type: "poll", offsets: pick(offsets, some) }));
  return { msgs: Object.assign(msgs, ...replies.map((reply) => reply.msgs)) };
});

node.on("commit_offsets", async ({ offsets }) => {
  const keys = Object.keys(offsets);
  if (keys.every(isMine)) {
    for (const key of keys) committed.set(key, Math.max(offsets[key], committed.get(key) ?? 0));
  } else {
    await askOwners(keys, (some) => ({ type: "commit_offsets", offsets: pick(offsets, some) }));
  }
  return {};
});

node.on("list_committed_offsets", async ({ keys }) => {
  if (keys.every(isMine)) {
    return { offsets: Object.fromEntries([...committed].filter(([key]) => keys.includes(key))) };
  }
  const replies = await askOwners(keys, (some) => ({ type: "list_committed_offsets", keys: some }));
  return { offsets: Object.assign({}, ...replies.map((reply) => reply.offsets)) };
});

node.run();
