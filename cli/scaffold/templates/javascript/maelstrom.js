// Maelstrom's protocol: one JSON object a line, on standard input and output.
//
// JavaScript runs one handler at a time, so handlers share state without locks.
// Another one may run wherever there is an await.
import readline from "node:readline";

// Codes of errors (Maelstrom's doc/protocol.md). A timeout leaves open whether
// the request was carried out; the others say that it was not.
export const TIMEOUT = 0;
export const NOT_SUPPORTED = 10;
export const CRASH = 13;
export const KEY_DOES_NOT_EXIST = 20;
export const PRECONDITION_FAILED = 22;
export const TXN_CONFLICT = 30;

// RPCError is an error of the protocol: a code and a text.
export class RPCError extends Error {
  constructor(code, text) {
    super(text);
    this.code = code;
  }
}

export class Node {
  id = null; // these three are known after init
  ids = [];
  peers = [];
  handlers = new Map();
  starters = [];
  waiting = new Map(); // by msg_id: what takes the reply
  lastId = 0;

  // on sets the handler of a type of message. It is given the body. What it
  // returns is the reply's fields; nothing sends no reply.
  on(type, handler) {
    this.handlers.set(type, handler);
  }

  // every has something done again and again, from init on.
  every(milliseconds, act) {
    this.starters.push(() => setInterval(act, milliseconds).unref());
  }

  // send sends a message that may be lost.
  send(dest, body) {
    process.stdout.write(JSON.stringify({ src: this.id, dest, body }) + "\n");
  }

  // rpc sends a request and gives the body of the reply, or throws an RPCError.
  rpc(dest, body, timeout = 1000) {
    const msgId = ++this.lastId;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.waiting.delete(msgId);
        reject(new RPCError(TIMEOUT, `${dest} did not answer in ${timeout} ms`));
      }, timeout);
      this.waiting.set(msgId, (answer) => {
        clearTimeout(timer);
        this.waiting.delete(msgId);
        if (answer.type === "error") reject(new RPCError(answer.code, answer.text));
        else resolve(answer);
      });
      this.send(dest, { ...body, msg_id: msgId });
    });
  }

  // run is the node until standard input ends.
  run() {
    readline.createInterface({ input: process.stdin }).on("line", (line) => {
      const { src, body } = JSON.parse(line);
      if (body.in_reply_to === undefined) this.handle(src, body);
      else this.waiting.get(body.in_reply_to)?.(body); // a late reply is dropped
    });
  }

  async handle(src, body) {
    let reply;
    try {
      const fields = await this.answer(body);
      reply = fields && { type: body.type + "_ok", ...fields };
    } catch (e) {
      if (!(e instanceof RPCError)) console.error(body, e);
      reply = { type: "error", code: e.code ?? CRASH, text: e.message };
    }
    if (reply && body.msg_id !== undefined) this.send(src, { ...reply, in_reply_to: body.msg_id });
  }

  answer(body) {
    if (body.type === "init") {
      this.id = body.node_id;
      this.ids = body.node_ids;
      this.peers = this.ids.filter((id) => id !== this.id);
      for (const start of this.starters) start();
      return {};
    }
    const handler = this.handlers.get(body.type);
    if (!handler) throw new RPCError(NOT_SUPPORTED, `this node knows no message of type ${body.type}`);
    return handler(body);
  }
}
