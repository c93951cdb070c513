#!/usr/bin/env python3
"""broadcast: the node that is given a value tells all others, until each has
acknowledged it."""

from maelstrom import Node
from outbox import Outbox

node = Node()
outbox = Outbox(node, "replicate")
values = {}  # a dict for its order: the oldest value first


@node.on("topology")
async def topology(body):
    return {}  # an offer: this node tells all others itself


@node.on("broadcast")
async def broadcast(body):
    if body["message"] not in values:
        values[body["message"]] = True
        outbox.add(body["message"])
    return {}


@node.on("replicate")
async def replicate(body):
    values.update(dict.fromkeys(body["items"], True))
    return {}


@node.on("read")
async def read(body):
    return {"messages": list(values)}


if __name__ == "__main__":
    node.run()
