import type { Film } from "./film";
import { seconds } from "./lists";

// The present in sentences, for the line of status that a screen reader speaks.

/** How the cluster is at a moment. */
export function summary(film: Film, at: number): string {
  let [flying, lost] = [0, 0];
  film.inFlight(at, (i) => {
    if (film.src[i] >= film.nodes || film.dst[i] >= film.nodes) return;
    if (film.isLost(i)) lost++;
    else flying++;
  });
  const standing = film.standingOf(at);
  const words = [`${flying} ${flying === 1 ? "message" : "messages"} on the way`];
  if (lost > 0) words.push(`${lost} lost`);
  for (const state of ["down", "paused", "starting"]) {
    const which = standing.state.flatMap((s, i) => (s === state ? [film.names[i]] : []));
    if (which.length > 0) words.push(`${which.length > 6 ? `${which.length} nodes` : which.join(", ")} ${state}`);
  }
  const wrong = standing.ahead.flatMap((a, i) => (a !== 0 ? [film.names[i]] : []));
  if (wrong.length > 0) words.push(`wrong clock on ${wrong.join(", ")}`);
  const cut = film.cutLinks(standing);
  if (cut > 0) words.push(cut === 1 ? "1 link cut" : `${cut} links cut`);
  return `${seconds(at)}: ${words.join("; ")}.`;
}

/** A node at a moment. */
export function nodeWords(film: Film, at: number, node: number): string {
  const standing = film.standingOf(at);
  let coming = 0;
  film.inFlight(at, (i) => {
    if (film.dst[i] === node && film.src[i] < film.nodes && !film.isLost(i)) coming++;
  });
  const words = [`${film.names[node]}, ${standing.state[node]}`, `${coming} ${coming === 1 ? "message" : "messages"} on the way to it`];
  if (standing.ahead[node] !== 0) words.push(`its clock is ${seconds(standing.ahead[node])} ahead`);
  return words.join(", ");
}

/** What faults did after one moment and up to another; empty where they did nothing. */
export function faultsBetween(film: Film, from: number, to: number): string {
  const words: string[] = [];
  for (const [at, node, state, ahead] of film.states) {
    if (at > from && at <= to) words.push(state === "skewed" ? `the clock of ${film.names[node]} is ${ahead ? "wrong" : "right"}` : `${film.names[node]} is ${state}`);
  }
  const cuts = film.cuts.filter((c) => c[0] > from && c[0] <= to);
  if (cuts.length > 0) words.push(`links are ${cuts[cuts.length - 1][3] ? "cut" : "healed"}`);
  if (words.length > 5) words.splice(5, Infinity, `and ${words.length - 5} more`);
  return words.length > 0 ? `${seconds(to)}: ${words.join("; ")}.` : "";
}
