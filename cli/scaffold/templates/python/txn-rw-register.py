#!/usr/bin/env python3
"""txn-rw-register: a node applies a transaction at once and tells the others
what it wrote, until they acknowledge it. Of two writes to a key the one with the
later stamp wins, on every node alike."""

from maelstrom import Node
from outbox import Outbox

node = Node()
outbox = Outbox(node, "replicate")
registers = {}  # by key: (stamp, value)
clock = 0  # Lamport's: later than every stamp that was seen


@node.on("txn")
async def txn(body):
    global clock
    clock += 1
    stamp = [clock, node.id]
    written, results = {}, []
    for f, key, value in body["txn"]:
        if f == "w":
            written[key] = value
        elif key in written:
            value = written[key]
        else:
            value = registers.get(key, (None, None))[1]
        results.append([f, key, value])
    if written:
        apply(stamp, written.items())
        outbox.add([stamp, list(written.items())])
    return {"txn": results}


@node.on("replicate")
async def replicate(body):
    global clock
    for stamp, writes in body["items"]:
        clock = max(clock, stamp[0])
        apply(stamp, writes)
    return {}


def apply(stamp, writes):
    for key, value in writes:
        if key not in registers or registers[key][0] < stamp:
            registers[key] = (stamp, value)


if __name__ == "__main__":
    node.run()
