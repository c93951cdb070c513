#!/usr/bin/env python3
"""lin-kv: hands each request to Maelstrom's own service lin-kv, which is
linearizable, so the nodes are too."""

from maelstrom import Node

node = Node()


async def forward(body):
    request = {name: value for name, value in body.items() if name != "msg_id"}
    reply = await node.rpc("lin-kv", request, timeout=0.5)  # clients wait for 1 s
    return {"value": reply["value"]} if "value" in reply else {}


for kind in ("read", "write", "cas"):
    node.on(kind)(forward)

if __name__ == "__main__":
    node.run()
