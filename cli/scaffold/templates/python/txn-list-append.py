#!/usr/bin/env python3
"""txn-list-append: all lists are one value in Maelstrom's service lin-kv. A
transaction reads it, and puts the new one in its place if no other transaction
was faster."""

import time

from maelstrom import KEY_DOES_NOT_EXIST, PRECONDITION_FAILED, TXN_CONFLICT, Node, RPCError

node = Node()


@node.on("txn")
async def txn(body):
    deadline = time.monotonic() + 3  # clients wait for 5 s
    while time.monotonic() < deadline:
        before = await load()
        after, results = perform(body["txn"], before)
        if after == before or await replace(before, after):
            return {"txn": results}
    raise RPCError(TXN_CONFLICT, "other transactions were faster for 3 s")


def perform(operations, lists):
    lists, results = dict(lists), []
    for f, key, value in operations:
        name = str(key)  # keys of JSON objects are strings
        if f == "append":
            lists[name] = lists.get(name, []) + [value]
        else:
            value = lists.get(name)
        results.append([f, key, value])
    return lists, results


async def load():
    try:
        return (await node.rpc("lin-kv", {"type": "read", "key": "lists"}))["value"]
    except RPCError as e:
        if e.code == KEY_DOES_NOT_EXIST:
            return {}
        raise


async def replace(before, after):
    cas = {"type": "cas", "key": "lists", "from": before, "to": after, "create_if_not_exists": True}
    try:
        await node.rpc("lin-kv", cas)
        return True
    except RPCError as e:
        if e.code == PRECONDITION_FAILED:
            return False
        raise


if __name__ == "__main__":
    node.run()
