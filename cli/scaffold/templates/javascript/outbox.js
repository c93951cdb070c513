// Items on their way to every other node, sent until they are acknowledged.

// Outbox is what each peer has not acknowledged yet. A request brings a peer all
// of it, and the next one waits for the reply. So an item may arrive twice, and
// the handler of that type of message must not mind.
export class Outbox {
  missing = new Map(); // by peer
  asked = new Set(); // peers that have not answered yet

  constructor(node, type, milliseconds = 100) {
    this.node = node;
    this.type = type;
    node.every(milliseconds, () => node.peers.forEach((peer) => this.flush(peer)));
  }

  add(item) {
    for (const peer of this.node.peers) {
      if (!this.missing.has(peer)) this.missing.set(peer, []);
      this.missing.get(peer).push(item);
    }
  }

  async flush(peer) {
    const items = [...(this.missing.get(peer) ?? [])];
    if (items.length === 0 || this.asked.has(peer)) return;
    this.asked.add(peer);
    try {
      await this.node.rpc(peer, { type: this.type, items });
      this.missing.get(peer).splice(0, items.length);
    } catch {
      // the same again, and what has come since
    } finally {
      this.asked.delete(peer);
    }
  }
}
