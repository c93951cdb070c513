#!/usr/bin/env python3
"""unique-ids: an id is the node's name, a number drawn at its start, and a count."""

import itertools
import secrets

from maelstrom import Node

node = Node()
start = secrets.token_hex(8)  # a node that was killed does not repeat itself
counts = itertools.count()


@node.on("generate")
async def generate(body):
    return {"id": f"{node.id}-{start}-{next(counts)}"}


if __name__ == "__main__":
    node.run()
