import type { Picture } from "./picture";

/** Messages that a text is found in, by their time: in the id, the type, the body, or in what an actor said
 * of itself while it had one in hand. A word is found as a word: 42 is not in 1421. */
export function search(p: Picture, text: string): number[] {
  const sought = text.trim();
  if (sought === "") return [];
  const escaped = sought.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const pattern = new RegExp(
    (/^\w/.test(sought) ? "(?<![\\w.])" : "") + escaped + (/\w$/.test(sought) ? "(?![\\w])" : ""), "i");
  const matches = p.strings.map((s) => pattern.test(s));
  const found = new Set<number>();
  const { id, type, body } = p.messages;
  for (let m = 0; m < id.length; m++) {
    if (matches[id[m]] || matches[type[m]] || (body[m] >= 0 && matches[body[m]])) found.add(m);
  }
  p.events.text.forEach((t, i) => {
    if (t >= 0 && matches[t] && p.events.message[i] >= 0) found.add(p.events.message[i]);
  });
  return [...found].sort((a, b) => timeOf(p, a) - timeOf(p, b));
}

/** When a message was first on its way; where it has no hop, nothing is known of that. */
export function timeOf(p: Picture, message: number): number {
  const first = p.hopsFrom[message];
  return first < p.hopsFrom[message + 1] ? p.hops.sent[p.hopsOf[first]] : Infinity;
}
