#!/usr/bin/env python3
"""g-set: twice a second a node tells all others everything that it holds.
Whatever the network loses, the next message makes up for."""

from maelstrom import Node

node = Node()
elements = {}  # a dict for its order: the oldest element first


@node.on("add")
async def add(body):
    elements[body["element"]] = True
    return {}


@node.on("read")
async def read(body):
    return {"value": list(elements)}


@node.every(0.5)
async def gossip():
    for peer in node.peers:
        node.send(peer, {"type": "merge", "value": list(elements)})


@node.on("merge")
async def merge(body):
    elements.update(dict.fromkeys(body["value"], True))


if __name__ == "__main__":
    node.run()
