import type { Picture } from "./picture";

export interface Found {
  messages: number[]; // by their time
  set: ReadonlySet<number>;
  /** Where a value was sought that nodes learned: its messages are those that carry it, whether they arrived or not. */
  path: Path | null;
}

/** The path of a value. */
export interface Path {
  value: string;
  learned: Map<number, number>; // when, in µs, by node
  lost: number; // of the messages that carry it, how many never arrived
}

export const nothingFound: Found = { messages: [], set: new Set(), path: null };

/** Messages that a text is found in, by their time. A value that nodes learned is found in the messages that carry it: those
 * that a node had in hand when it learned it, and those that were to bring it to others. Any other number is
 * found where it is a value in a body. The rest is sought in ids, types, bodies and in what actors said of themselves; a word is
 * found as a word: 42 is not in 1421. */
export function search(p: Picture, text: string): Found {
  const sought = text.trim();
  if (sought === "") return nothingFound;
  const found = told(p, (said) => said === `+value ${sought}`);
  let path: Path | null = null;
  if (found.size > 0) {
    for (const m of carriers(p, sought, found)) found.add(m);
    path = { value: sought, learned: learned(p, sought), lost: [...found].filter((m) => isLost(p, m)).length };
  } else {
    const number = /^-?\d+$/.test(sought) ? held(p, sought) : [];
    for (const m of number.length > 0 ? number : mentioned(p, sought)) found.add(m);
  }
  const messages = [...found].sort((a, b) => timeOf(p, a) - timeOf(p, b) || a - b);
  return { messages, set: found, path };
}

/** When each node first said that it has learned a value. */
function learned(p: Picture, value: string): Map<number, number> {
  const text = p.strings.indexOf(`+value ${value}`);
  const at = new Map<number, number>();
  p.events.text.forEach((t, i) => {
    const node = p.laneNode[p.events.lane[i]];
    if (t === text && !at.has(node)) at.set(node, p.events.at[i]);
  });
  return at;
}

/** Messages in whose handling an actor said something. */
function told(p: Picture, wanted: (said: string) => boolean): Set<number> {
  const matches = p.strings.map(wanted);
  const found = new Set<number>();
  p.events.text.forEach((t, i) => {
    if (t >= 0 && matches[t] && p.events.message[i] >= 0) found.add(p.events.message[i]);
  });
  return found;
}

/** Messages to nodes that have a value in their body. Replies to clients bring nobody a value. It is looked for in the fields
 * that usually hold values, or in all, where a node learned it from another field. */
function carriers(p: Picture, value: string, learnedFrom: ReadonlySet<number>): number[] {
  const bodyOf = (m: number) => (p.messages.body[m] >= 0 ? p.strings[p.messages.body[m]] : "");
  const usual = [...learnedFrom].every((m) => !bodyOf(m) || holds(bodyOf(m), value, isValueField));
  const wanted = usual ? isValueField : (field: string) => !protocolFields.has(field);
  const bodies = p.strings.map((text) => text.startsWith("{") && holds(text, value, wanted));
  const found: number[] = [];
  p.messages.body.forEach((body, m) => {
    if (body < 0 || !bodies[body]) return;
    const last = p.hopsOf[p.hopsFrom[m + 1] - 1];
    if (last === undefined || p.hopsFrom[m] === p.hopsFrom[m + 1]) return;
    if (p.laneNode[p.hops.to[last]] !== p.clients) found.push(m);
  });
  return found;
}

const protocolFields = new Set(["type", "msg_id", "in_reply_to", "topology"]);

/** Messages that have a number as a value in their body: 2 is not the msg_id of one. */
function held(p: Picture, number: string): number[] {
  const bodies = p.strings.map((text) => text.startsWith("{") && holds(text, number, (field) => !protocolFields.has(field)));
  return [...p.messages.body.keys()].filter((m) => p.messages.body[m] >= 0 && bodies[p.messages.body[m]]);
}

const isValueField = (field: string) => ["values", "message", "element", "value"].includes(field);

/** Whether a body holds a value, at any depth of the fields that are wanted. */
function holds(body: string, value: string, wanted: (field: string) => boolean): boolean {
  if (!body.includes(value)) return false;
  const within = (part: unknown, top: boolean): boolean => {
    if (Array.isArray(part)) return part.some((each) => within(each, false));
    if (part === null || typeof part !== "object") return part === value || JSON.stringify(part) === value;
    return Object.entries(part).some(([key, each]) => (!top && key === value) || ((!top || wanted(key)) && within(each, false)));
  };
  try {
    return within(JSON.parse(body), true);
  } catch { // it was cut
    return word(value).test(body.replace(/"(type|msg_id|in_reply_to)":("[^"]*"|\d+)/g, ""));
  }
}

/** Finds a text as a word, in small letters or large. */
function word(text: string): RegExp {
  const escaped = text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp((/^\w/.test(text) ? "(?<![\\w.])" : "") + escaped + (/\w$/.test(text) ? "(?![\\w])" : ""), "i");
}

function mentioned(p: Picture, sought: string): Set<number> {
  const pattern = word(sought);
  const found = told(p, (said) => pattern.test(said));
  const matches = p.strings.map((s) => pattern.test(s));
  const { id, type, body } = p.messages;
  for (let m = 0; m < id.length; m++) {
    if (matches[id[m]] || matches[type[m]] || (body[m] >= 0 && matches[body[m]])) found.add(m);
  }
  return found;
}

/** Whether a message never arrived. */
function isLost(p: Picture, message: number): boolean {
  for (let i = p.hopsFrom[message]; i < p.hopsFrom[message + 1]; i++) if (p.hops.got[p.hopsOf[i]] < 0) return true;
  return false;
}

/** When a message was first on its way; where it has no hop, nothing is known of that. */
export function timeOf(p: Picture, message: number): number {
  const first = p.hopsFrom[message];
  return first < p.hopsFrom[message + 1] ? p.hops.sent[p.hopsOf[first]] : Infinity;
}

/** When the last is known of a message. */
export function endOf(p: Picture, message: number): number {
  let end = -Infinity;
  for (let i = p.hopsFrom[message]; i < p.hopsFrom[message + 1]; i++) {
    const hop = p.hopsOf[i];
    end = Math.max(end, p.hops.sent[hop], p.hops.got[hop]);
  }
  return end;
}
