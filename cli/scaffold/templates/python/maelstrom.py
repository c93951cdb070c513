"""Maelstrom's protocol: one JSON object a line, on standard input and output.

Everything runs in one thread, the loop of asyncio, so handlers share state
without locks. Another handler may run wherever there is an await.
"""

import asyncio
import json
import sys
import threading

# Codes of errors (Maelstrom's doc/protocol.md). A timeout leaves open whether
# the request was carried out; the others say that it was not.
TIMEOUT, NOT_SUPPORTED, CRASH = 0, 10, 13
KEY_DOES_NOT_EXIST, PRECONDITION_FAILED, TXN_CONFLICT = 20, 22, 30


class RPCError(Exception):
    """An error of the protocol: a code and a text."""

    def __init__(self, code, text):
        super().__init__(text)
        self.code, self.text = code, text


class Node:
    def __init__(self):
        self.id, self.ids, self.peers = None, [], []  # known after init
        self.handlers = {}
        self.starters = []
        self.waiting = {}  # by msg_id: the future of a reply
        self.last_id = 0
        self.background = set()

    def on(self, kind):
        """Makes a coroutine the handler of a type of message. It is given the
        body. What it returns is the reply's fields; None sends no reply."""

        def register(handler):
            self.handlers[kind] = handler
            return handler

        return register

    def every(self, seconds):
        """Has a coroutine run again and again, from init on."""

        def register(act):
            async def repeat():
                while True:
                    await asyncio.sleep(seconds)
                    await act()

            self.starters.append(repeat)
            return act

        return register

    def send(self, dest, body):
        """Sends a message that may be lost."""
        print(json.dumps({"src": self.id, "dest": dest, "body": body}), flush=True)

    async def rpc(self, dest, body, timeout=1.0):
        """Sends a request and gives the body of the reply, or raises RPCError."""
        self.last_id += 1
        msg_id = self.last_id
        reply = self.waiting[msg_id] = asyncio.get_running_loop().create_future()
        self.send(dest, {**body, "msg_id": msg_id})
        try:
            answer = await asyncio.wait_for(reply, timeout)
        except asyncio.TimeoutError:
            raise RPCError(TIMEOUT, f"{dest} did not answer in {timeout} s") from None
        finally:
            del self.waiting[msg_id]
        if answer["type"] == "error":
            raise RPCError(answer["code"], answer.get("text", ""))
        return answer

    def run(self):
        """Is the node until standard input ends."""
        asyncio.run(self.serve())

    async def serve(self):
        lines, loop = asyncio.Queue(), asyncio.get_running_loop()

        def read():
            for line in sys.stdin:
                loop.call_soon_threadsafe(lines.put_nowait, line)
            loop.call_soon_threadsafe(lines.put_nowait, None)

        threading.Thread(target=read, daemon=True).start()
        requests = set()
        while (line := await lines.get()) is not None:
            message = json.loads(line)
            reply = self.waiting.get(message["body"].get("in_reply_to"))
            if reply is not None:
                reply.done() or reply.set_result(message["body"])
            elif "in_reply_to" not in message["body"]:  # else it is a late reply
                task = asyncio.create_task(self.handle(message["src"], message["body"]))
                requests.add(task)
                task.add_done_callback(requests.discard)
        await asyncio.gather(*requests)

    async def handle(self, src, body):
        try:
            fields = await self.answer(body)
            kind = body["type"] + "_ok"
        except RPCError as e:
            kind, fields = "error", {"code": e.code, "text": e.text}
        except Exception as e:
            print(f"{body}: {e!r}", file=sys.stderr, flush=True)
            kind, fields = "error", {"code": CRASH, "text": repr(e)}
        if fields is not None and "msg_id" in body:
            self.send(src, {"type": kind, "in_reply_to": body["msg_id"], **fields})

    async def answer(self, body):
        if body["type"] == "init":
            self.id, self.ids = body["node_id"], body["node_ids"]
            self.peers = [n for n in self.ids if n != self.id]
            for start in self.starters:
                task = asyncio.create_task(start())
                self.background.add(task)
                task.add_done_callback(self.ended)
            return {}
        handler = self.handlers.get(body["type"])
        if handler is None:
            raise RPCError(NOT_SUPPORTED, f"this node knows no message of type {body['type']}")
        return await handler(body)

    def ended(self, task):
        self.background.discard(task)
        if not task.cancelled() and task.exception():
            print(f"background: {task.exception()!r}", file=sys.stderr, flush=True)
