#!/usr/bin/env python3
"""«.Workload»: each node counts what it was asked to add itself, ups and downs
apart, and tells the others. Both only grow, so of two counts of one node the
higher is the newer."""

from maelstrom import Node

node = Node()
counts = {}  # by node: [ups, downs]


@node.on("add")
async def add(body):
    ups, downs = counts.get(node.id, (0, 0))
    delta = body["delta"]
    counts[node.id] = [ups + max(delta, 0), downs + max(-delta, 0)]
    return {}


@node.on("read")
async def read(body):
    return {"value": sum(ups - downs for ups, downs in counts.values())}


@node.every(0.5)
async def gossip():
    for peer in node.peers:
        node.send(peer, {"type": "merge", "counts": counts})


@node.on("merge")
async def merge(body):
    for owner, theirs in body["counts"].items():
        ours = counts.get(owner, (0, 0))
        counts[owner] = [max(ours[0], theirs[0]), max(ours[1], theirs[1])]


if __name__ == "__main__":
    node.run()
