#!/usr/bin/env python3
"""kafka: each log has one owner, a node that its key determines. Others forward
requests to it. A log's offsets are the places in its owner's list."""

import asyncio

from maelstrom import Node

node = Node()
logs = {}  # by key: the messages
committed = {}  # by key: an offset


def owner(key):
    return node.ids[sum(key.encode()) % len(node.ids)]


async def ask_owners(kind, field, wanted, by_key):
    """Asks each owner for its part of the keys, and gives the replies of all."""
    parts = {}
    for key in wanted:
        parts.setdefault(owner(key), []).append(key)
    requests = []
    for dest, keys in parts.items():
        body = {"type": kind, field: {key: wanted[key] for key in keys} if by_key else keys}
        requests.append(node.answer(body) if dest == node.id else node.rpc(dest, body))
    return await asyncio.gather(*requests)


def mine(keys):
    return all(owner(key) == node.id for key in keys)


@node.on("send")
async def send(body):
    key = body["key"]
    if owner(key) != node.id:
        reply = await node.rpc(owner(key), {"type": "send", "key": key, "msg": body["msg"]})
        return {"offset": reply["offset"]}
    log = logs.setdefault(key, [])
    log.append(body["msg"])
    return {"offset": len(log) - 1}


@node.on("poll")
async def poll(body):
    offsets = body["offsets"]
    if mine(offsets):
        return {"msgs": {key: list(enumerate(logs.get(key, [])[at:], at)) for key, at in offsets.items()}}
    replies = await ask_owners("poll", "offsets", offsets, True)
    return {"msgs": {key: pairs for reply in replies for key, pairs in reply["msgs"].items()}}


@node.on("commit_offsets")
async def commit_offsets(body):
    offsets = body["offsets"]
    if mine(offsets):
        for key, offset in offsets.items():
            committed[key] = max(offset, committed.get(key, 0))
    else:
        await ask_owners("commit_offsets", "offsets", offsets, True)
    return {}


@node.on("list_committed_offsets")
async def list_committed_offsets(body):
    keys = body["keys"]
    if mine(keys):
        return {"offsets": {key: committed[key] for key in keys if key in committed}}
    replies = await ask_owners("list_committed_offsets", "keys", keys, False)
    return {"offsets": {key: offset for reply in replies for key, offset in reply["offsets"].items()}}


if __name__ == "__main__":
    node.run()
