// What the page shows, as package picture packs it: columns instead of records, and indices instead of
// names, since a hundred thousand of them are ordinary. Times are µs since the picture's begin. An index
// of -1 is none.

/** How the run was judged, and why; all empty where it was not. */
export interface Verdict {
  word: string; // valid, invalid, unknown
  reason: string;
  cause: string; // what went wrong first, in a sentence
  heading: string; // of the values that a failure is about
  total: number; // how many they are; values may be fewer
  values: string[];
}

export interface Node {
  name: string;
  actors: string[];
}

export interface Shade {
  kind: string; // the fault
  from: number;
  to: number;
  nodes: number[]; // of a pause or a kill; empty where all are concerned
  label: string;
}

export interface Messages {
  id: number[]; // of strings, as the rest
  type: number[];
  body: number[];
  cause: number[]; // of messages: what was in hand when this one was sent
}

// A message takes several hops: between the actors of a node, and over the network. They are sorted by sent.
export interface Hops {
  message: number[];
  from: number[]; // of lanes
  to: number[];
  sent: number[];
  got: number[]; // -1: never
  why: number[]; // of strings: why it was never got
}

// What happened on a lane, sorted by at.
export interface Events {
  at: number[];
  took: number[];
  lane: number[];
  kind: number[]; // of strings
  message: number[]; // that was in hand
  depth: number[]; // of the mailbox
  text: number[]; // of strings
}

interface Packed {
  title: string;
  verdict: Verdict;
  end: number;
  strings: string[];
  nodes: Node[];
  shades: Shade[];
  messages: Messages;
  hops: Hops;
  events: Events;
}

/** A picture with what follows from it. A lane is an actor, numbered through all nodes. */
export interface Picture extends Packed {
  clients: number; // the node whose lanes are the clients
  learns: Set<number>; // nodes that said of some value that they learned it
  laneNode: number[];
  laneName: string[];
  firstLane: number[]; // of each node
  types: number[]; // strings, the most frequent first
  rankOf: Map<number, number>; // of a type among them
  effects: Int32Array; // messages by their cause: those of m are from effectsFrom[m] to effectsFrom[m + 1]
  effectsFrom: Int32Array;
  hopsOf: Int32Array; // hops by their message, in the same form
  hopsFrom: Int32Array;
  flightMax: number; // of a hop
  shadeSlots: number[]; // lines for the shades' names, so that none covers another
}

/** Reads the picture that is embedded in the page. */
export async function unpack(base64: string): Promise<Picture> {
  const bytes = Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return complete((await new Response(stream).json()) as Packed);
}

function complete(p: Packed): Picture {
  const laneNode: number[] = [];
  const laneName: string[] = [];
  const firstLane: number[] = [];
  p.nodes.forEach((node, i) => {
    firstLane.push(laneNode.length);
    for (const actor of node.actors) {
      laneNode.push(i);
      laneName.push(actor);
    }
  });
  const learns = new Set<number>();
  p.events.text.forEach((t, i) => {
    if (t >= 0 && p.strings[t].startsWith("+value ")) learns.add(laneNode[p.events.lane[i]]);
  });
  const count = new Map<number, number>();
  for (const m of p.hops.message) {
    const type = p.messages.type[m];
    count.set(type, (count.get(type) ?? 0) + 1);
  }
  const types = [...count.keys()].sort((a, b) => count.get(b)! - count.get(a)! || a - b);
  const [effects, effectsFrom] = grouped(p.messages.cause, p.messages.id.length);
  const [hopsOf, hopsFrom] = grouped(p.hops.message, p.messages.id.length);
  let flightMax = 0;
  for (let i = 0; i < p.hops.sent.length; i++) flightMax = Math.max(flightMax, p.hops.got[i] - p.hops.sent[i]);
  return {
    ...p, clients: p.nodes.findIndex((node) => node.name === "clients"), shadeSlots: slots(p.shades), learns, laneNode, laneName, firstLane, types, effects, effectsFrom, hopsOf, hopsFrom, flightMax,
    rankOf: new Map(types.map((type, rank) => [type, rank])),
  };
}

/** Lines for shades: those of a kind on the same, but for such as go on at once. */
function slots(shades: Shade[]): number[] {
  const until: { kind: string; end: number }[] = []; // by line
  const kinds = [...new Set(shades.map((shade) => shade.kind))];
  const order = shades.map((_, i) => i)
    .sort((a, b) => kinds.indexOf(shades[a].kind) - kinds.indexOf(shades[b].kind) || shades[a].from - shades[b].from);
  const slot = shades.map(() => 0);
  for (const i of order) {
    const { kind, from, to } = shades[i];
    let line = until.findIndex((each) => each.kind === kind && each.end <= from);
    if (line < 0) line = until.push({ kind, end: to }) - 1;
    until[line].end = to;
    slot[i] = line;
  }
  return slot;
}

/** Sorts indices of keys by their key: those of k are from starts[k] to starts[k + 1]. */
function grouped(keys: number[], groups: number): [Int32Array, Int32Array] {
  const starts = new Int32Array(groups + 1);
  for (const k of keys) if (k >= 0) starts[k + 1]++;
  for (let g = 0; g < groups; g++) starts[g + 1] += starts[g];
  const next = starts.slice();
  const members = new Int32Array(starts[groups]);
  keys.forEach((k, i) => {
    if (k >= 0) members[next[k]++] = i;
  });
  return [members, starts];
}

/** The first index of a sorted column whose value is at least x. */
export function lowerBound(column: number[], x: number): number {
  let low = 0;
  let high = column.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (column[middle] < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
