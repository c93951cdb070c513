"""A broadcast node in Python, in one file: it keeps sending a value to a peer until that acknowledges it.

    python3 broadcast.py                      correct
    python3 broadcast.py --wrong once         sends each value once, and never again
    python3 broadcast.py --wrong print        prints a line for people to stdout
    python3 broadcast.py --wrong text         gossips values as strings, and shows what it got so
"""
import json
import sys
import threading
import time

WRONG = sys.argv[2] if len(sys.argv) > 2 else ""


class Node:
    def __init__(self):
        self.lock = threading.Lock()  # over all fields and stdout
        self.id, self.peers = "", []
        self.values = set()
        self.unacknowledged = {}  # of each peer: the values it has not acknowledged

    def send(self, dest, body):
        print(json.dumps({"src": self.id, "dest": dest, "body": body}), flush=True)

    def reply(self, request, body):
        self.send(request["src"], body | {"in_reply_to": request["body"]["msg_id"]})

    def learn(self, value, source):
        if value in self.values:
            return
        self.values.add(value)
        for peer in self.peers:
            if peer != source:
                self.unacknowledged[peer].add(value)
                self.gossip(peer, [value])

    def gossip(self, peer, values):
        if WRONG == "text":
            values = [str(v) for v in values]
        self.send(peer, {"type": "gossip", "values": values})

    def handle(self, message):
        body, source = message["body"], message["src"]
        match body["type"]:
            case "init":
                self.id = body["node_id"]
                self.peers = [n for n in body["node_ids"] if n != self.id]
                self.unacknowledged = {n: set() for n in self.peers}
                self.reply(message, {"type": "init_ok"})
            case "topology":
                self.reply(message, {"type": "topology_ok"})
            case "broadcast":
                if WRONG == "print" and body["message"] == 3:
                    print("received", body["message"], flush=True)
                self.learn(body["message"], source)
                self.reply(message, {"type": "broadcast_ok"})
            case "read":
                self.reply(message, {"type": "read_ok", "messages": list(self.values)})
            case "gossip":
                for value in body["values"]:
                    self.learn(value, source)
                self.send(source, {"type": "gossip_ok", "values": body["values"]})
            case "gossip_ok":
                got = [int(v) for v in body["values"]]
                self.unacknowledged[source].difference_update(got)

    def retry(self):
        for peer, values in self.unacknowledged.items():
            if values:
                self.gossip(peer, sorted(values, key=int))


def main():
    node = Node()

    def retry_forever():
        while True:
            time.sleep(0.5)
            with node.lock:
                node.retry()

    if WRONG != "once":
        threading.Thread(target=retry_forever, daemon=True).start()
    for line in sys.stdin:
        with node.lock:
            node.handle(json.loads(line))


main()
