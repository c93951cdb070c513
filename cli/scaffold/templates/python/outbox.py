"""Items on their way to every other node, sent until they are acknowledged."""

import asyncio

from maelstrom import RPCError


class Outbox:
    """What each peer has not acknowledged yet. A request brings a peer all of
    it, and the next one waits for the reply. So an item may arrive twice, and
    the handler of that type of message must not mind."""

    def __init__(self, node, kind, every=0.1):
        self.node, self.kind, self.every = node, kind, every
        self.missing = {}  # by peer
        node.starters.append(self.start)

    def add(self, item):
        for peer in self.node.peers:
            self.missing.setdefault(peer, []).append(item)

    async def start(self):
        await asyncio.gather(*(self.send(peer) for peer in self.node.peers))

    async def send(self, peer):
        while True:
            await asyncio.sleep(self.every)
            batch = list(self.missing.get(peer, []))
            if not batch:
                continue
            try:
                await self.node.rpc(peer, {"type": self.kind, "items": batch})
                del self.missing[peer][: len(batch)]
            except RPCError:
                pass  # the same again, and what has come since
