import type { Picture } from "./picture";

export interface Found {
  messages: number[]; // by their time
  set: ReadonlySet<number>;
  carry: boolean; // they are what brought a value to nodes, each to one: its path
}

export const nothingFound: Found = { messages: [], set: new Set(), carry: false };

/** Messages that a text is found in, by their time. A value that nodes learned is found where they learned it: those
 * messages that they had in hand. Any other text is sought in ids, types, bodies and in what actors said of themselves;
 * a word is found as a word: 42 is not in 1421. */
export function search(p: Picture, text: string): Found {
  const sought = text.trim();
  if (sought === "") return nothingFound;
  const learned = told(p, (said) => said === `+value ${sought}`);
  const found = learned.size > 0 ? learned : mentioned(p, sought);
  const messages = [...found].sort((a, b) => timeOf(p, a) - timeOf(p, b) || a - b);
  return { messages, set: found, carry: learned.size > 0 };
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

function mentioned(p: Picture, sought: string): Set<number> {
  const escaped = sought.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(
    (/^\w/.test(sought) ? "(?<![\\w.])" : "") + escaped + (/\w$/.test(sought) ? "(?![\\w])" : ""), "i");
  const found = told(p, (said) => pattern.test(said));
  const matches = p.strings.map((s) => pattern.test(s));
  const { id, type, body } = p.messages;
  for (let m = 0; m < id.length; m++) {
    if (matches[id[m]] || matches[type[m]] || (body[m] >= 0 && matches[body[m]])) found.add(m);
  }
  return found;
}

/** When a message was first on its way; where it has no hop, nothing is known of that. */
export function timeOf(p: Picture, message: number): number {
  const first = p.hopsFrom[message];
  return first < p.hopsFrom[message + 1] ? p.hops.sent[p.hopsOf[first]] : Infinity;
}
