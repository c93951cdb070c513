#!/usr/bin/env python3
"""echo: answers with what it is sent."""

from maelstrom import Node

node = Node()


@node.on("echo")
async def echo(body):
    return {"echo": body["echo"]}


if __name__ == "__main__":
    node.run()
