import type { CutRow, FilmData, OpRow, Verdict } from "./protocol";

/** What happens at one moment: messages that arrive, operations that begin or end, changes of nodes and links. */
export interface Happening {
  at: number;
  text: string;
}

/** How the cluster is at a moment, but for its messages. */
export interface Standing {
  state: string[]; // by node: running, down, starting, paused
  ahead: number[]; // by node: how far its clock is wrong
  cut: Set<number>; // links, as linkKey has them
}

const bucketsMax = 4096;
const flightDefault = 50e6; // of messages, where none between nodes takes any time

/** A whole run. Any moment of it is computed from here, so that scrubbing back and forth is exact. */
export class Film {
  readonly end: number;
  readonly nodes: number; // how many of names are nodes
  readonly names: string[]; // nodes, then clients and services
  readonly types: string[];
  readonly verdict: Verdict;
  readonly command: string;
  readonly idle: string[];
  readonly from: number; // messages on their way after this moment
  readonly covered: number; // and up to this one are here
  readonly ops: OpRow[];
  readonly cuts: CutRow[];
  readonly states: FilmData["states"];

  // Messages, sorted by when they are sent.
  readonly count: number;
  readonly id: Int32Array;
  readonly src: Int32Array;
  readonly dst: Int32Array;
  readonly sent: Float64Array;
  readonly arrives: Float64Array; // of one that is lost: when it would have; Infinity: after the end
  readonly type: Uint16Array;
  readonly why: Int16Array; // of lostWords; -1: it arrives
  readonly gone: Float64Array; // when it is no longer shown
  readonly lostWords: string[];

  readonly flight: number; // the usual one between nodes
  readonly typeRank: number[]; // by type: how often it is sent
  readonly used: Set<number>; // links that carry messages
  readonly home: Int32Array; // by name: the node that a client talks to; itself for a node, -1 for a service

  private readonly byId = new Map<number, number>();
  private readonly bucket: number; // how long one is
  private readonly bucketFrom: Int32Array;
  private readonly inBucket: Int32Array; // messages that are on their way when a bucket begins
  private standing: Standing | null = null;
  private standingAt = -1; // how many of the changes it holds
  private readonly changes: { at: number; state?: FilmData["states"][number]; cut?: CutRow }[];
  private moments: Float64Array | null = null;

  /** Of a run with very many messages a film holds a part; then another part of it is given, whose colours stay. */
  constructor(data: FilmData, from = 0, other?: Film) {
    this.nodes = data.nodes.length;
    this.names = [...data.nodes, ...(data.ends ?? [])];
    this.types = data.types;
    this.verdict = data.verdict;
    this.command = data.command;
    this.idle = data.idle ?? [];
    this.lostWords = data.lost;
    this.ops = [...data.ops].sort((a, b) => a[0] - b[0]);
    this.cuts = data.cuts;
    this.states = data.states;
    this.end = Math.max(1, data.end);

    const rows = [...data.messages].sort((a, b) => a[3] - b[3] || a[0] - b[0]);
    const n = (this.count = rows.length);
    this.id = Int32Array.from(rows, (r) => r[0]);
    this.src = Int32Array.from(rows, (r) => r[1]);
    this.dst = Int32Array.from(rows, (r) => r[2]);
    this.sent = Float64Array.from(rows, (r) => r[3]);
    this.arrives = Float64Array.from(rows, (r) => (r[4] < 0 ? Infinity : r[4]));
    this.type = Uint16Array.from(rows, (r) => r[5]);
    this.why = Int16Array.from(rows, (r) => r[6]);
    this.from = from;
    this.covered = data.left ? this.sent[n - 1] : Infinity;
    this.flight = other?.flight ?? this.usualFlight();
    this.gone = this.arrives.map((at, i) => (this.why[i] < 0 ? at : Math.max(at, this.sent[i] + this.flight) + this.flight));
    this.used = new Set(other?.used);
    this.home = new Int32Array(this.names.length).fill(-1);
    const times = new Array<number>(this.types.length).fill(0);
    for (let i = 0; i < n; i++) {
      this.byId.set(this.id[i], i);
      const [a, b] = [this.src[i], this.dst[i]];
      if (a < this.nodes && b < this.nodes) {
        this.used.add(this.linkKey(Math.min(a, b), Math.max(a, b)));
        times[this.type[i]]++;
      } else if (a >= this.nodes && b < this.nodes && this.home[a] < 0 && /^c\d/.test(this.names[a])) this.home[a] = b;
    }
    for (let i = 0; i < this.nodes; i++) this.home[i] = i;
    const ranked = times.map((_, i) => i).sort((a, b) => times[b] - times[a]);
    this.typeRank = other?.typeRank ?? times.map((_, i) => ranked.indexOf(i));

    this.bucket = Math.max(this.end / bucketsMax, Math.min(this.flight, this.end));
    [this.bucketFrom, this.inBucket] = this.fillBuckets();
    this.changes = [
      ...this.states.map((state) => ({ at: state[0], state })),
      ...this.cuts.map((cut) => ({ at: cut[0], cut })),
    ].sort((a, b) => a.at - b.at);
  }

  private usualFlight(): number {
    const flights: number[] = [];
    for (let i = 0; i < this.count && flights.length < 5000; i++) {
      if (this.src[i] < this.nodes && this.dst[i] < this.nodes && this.arrives[i] > this.sent[i]) flights.push(this.arrives[i] - this.sent[i]);
    }
    flights.sort((a, b) => a - b);
    return flights[flights.length >> 1] ?? flightDefault;
  }

  private fillBuckets(): [Int32Array, Int32Array] {
    const many = Math.ceil(this.end / this.bucket) + 1;
    const from = new Int32Array(many + 1);
    // A message lies in the buckets whose begin is after it was sent and before it is gone.
    const each = (visit: (bucket: number, i: number) => void) => {
      for (let i = 0; i < this.count; i++) {
        const last = Math.min(many - 1, Math.ceil(this.gone[i] / this.bucket) - 1);
        for (let b = Math.floor(this.sent[i] / this.bucket) + 1; b <= last; b++) visit(b, i);
      }
    };
    each((b) => from[b + 1]++);
    for (let b = 0; b < many; b++) from[b + 1] += from[b];
    const all = new Int32Array(from[many]);
    const next = from.slice();
    each((b, i) => (all[next[b]++] = i));
    return [from, all];
  }

  covers(at: number): boolean {
    return (this.from === 0 || at >= this.from + this.flight) && at <= this.covered;
  }

  linkKey(a: number, b: number): number {
    return a * this.nodes + b;
  }

  endsOf(key: number): [number, number] {
    return [Math.floor(key / this.nodes), key % this.nodes];
  }

  indexOf(id: number): number {
    return this.byId.get(id) ?? -1;
  }

  /** Visits the messages that are on their way at a moment, or were lost just before, in the order they were sent. */
  inFlight(at: number, visit: (i: number) => void): void {
    const b = Math.min(this.bucketFrom.length - 2, Math.max(0, Math.floor(at / this.bucket)));
    for (let k = this.bucketFrom[b]; k < this.bucketFrom[b + 1]; k++) {
      const i = this.inBucket[k];
      if (this.gone[i] > at) visit(i);
    }
    for (let i = lowerBound(this.sent, b * this.bucket); i < this.count && this.sent[i] <= at; i++) {
      if (this.gone[i] > at) visit(i);
    }
  }

  isLost(i: number): boolean {
    return this.why[i] >= 0;
  }

  /** Nodes and links at a moment. */
  standingOf(at: number): Standing {
    let k = this.standingAt;
    if (!this.standing || (k > 0 && this.changes[k - 1].at > at)) {
      this.standing = { state: new Array(this.nodes).fill("running"), ahead: new Array(this.nodes).fill(0), cut: new Set() };
      k = 0;
    }
    for (; k < this.changes.length && this.changes[k].at <= at; k++) {
      const { state, cut } = this.changes[k];
      if (state?.[2] === "skewed") this.standing.ahead[state[1]] = state[3] ?? 0;
      else if (state) this.standing.state[state[1]] = state[2];
      if (cut?.[3]) this.standing.cut.add(this.linkKey(cut[1], cut[2]));
      else if (cut) this.standing.cut.delete(this.linkKey(cut[1], cut[2]));
    }
    this.standingAt = k;
    return this.standing;
  }

  isCut(s: Standing, a: number, b: number): boolean {
    return s.cut.has(this.linkKey(a, b)) || s.cut.has(this.linkKey(b, a));
  }

  /** How many links are cut, one way or both. */
  cutLinks(s: Standing): number {
    let links = 0;
    for (const key of s.cut) if (!this.isOtherWay(s, key)) links++;
    return links;
  }

  /** Whether a cut is the second way of a link that is cut both ways. */
  isOtherWay(s: Standing, key: number): boolean {
    const [a, b] = this.endsOf(key);
    return a > b && s.cut.has(this.linkKey(b, a));
  }

  /** The last operation of each process that has begun, if it is not over, or was not long before. */
  opsNear(at: number, shown: number): OpRow[] {
    const near: OpRow[] = [];
    const seen = new Set<number>();
    for (let i = lowerBound(this.ops, at + 1, (o) => o[0]) - 1, looked = 0; i >= 0 && looked < 20000; i--, looked++) {
      const op = this.ops[i];
      if (seen.has(op[2])) continue;
      seen.add(op[2]);
      if (op[1] < 0 || op[1] + shown > at) near.push(op);
      else if (op[0] + 60e9 < at) break;
      if (seen.size >= this.nodes * 4) break;
    }
    return near;
  }

  /** The next moment after one at which something happens, or the one before; null where there is none. */
  next(at: number, way: 1 | -1): number | null {
    if (!this.moments) {
      const all = [...this.ops.flatMap((o) => [o[0], o[1]]), ...this.changes.map((c) => c.at), ...this.arrives, ...this.sent].filter((t) => t >= 0 && t <= this.end);
      this.moments = Float64Array.from(new Set(all)).sort();
    }
    const i = way > 0 ? lowerBound(this.moments, at + 1) : lowerBound(this.moments, at) - 1;
    return this.moments[i] ?? null;
  }

  /** What happens at a moment, in words. */
  happenings(from: number, to: number, most: number): string[] {
    const all: Happening[] = [];
    const name = (i: number) => this.names[i];
    for (const [at, node, state, ahead] of this.states) {
      if (at < from || at > to) continue;
      all.push({ at, text: state === "skewed" ? `the clock of ${name(node)} is ${ahead ? `${(ahead / 1e9).toFixed(3)} s ahead` : "right"}` : `${name(node)} is ${state}` });
    }
    const cut = this.cuts.filter((c) => c[0] >= from && c[0] <= to);
    if (cut.length > 4) all.push({ at: cut[0][0], text: `${cut.length} links are ${cut[0][3] ? "cut" : "healed"}` });
    else for (const [at, a, b, on] of cut) all.push({ at, text: `${name(a)} to ${name(b)} is ${on ? "cut" : "healed"}` });
    for (let i = lowerBound(this.ops, from - 60e9, (o) => o[0]); i < this.ops.length && this.ops[i][0] <= to; i++) {
      const [began, done, , node, f, value, result] = this.ops[i];
      if (began >= from) all.push({ at: began, text: `${name(node)} is asked to ${f} ${value}` });
      if (done >= from && done <= to) all.push({ at: done, text: `${name(node)} answers ${f} ${value}: ${result}` });
    }
    this.inFlight(from - 1, (i) => {
      if (this.arrives[i] >= from && this.arrives[i] <= to && !this.isLost(i) && this.dst[i] < this.nodes && this.src[i] < this.nodes) {
        all.push({ at: this.arrives[i], text: `${this.types[this.type[i]]} from ${name(this.src[i])} reaches ${name(this.dst[i])}` });
      }
    });
    for (let i = lowerBound(this.sent, from); i < this.count && this.sent[i] <= to; i++) {
      if (this.src[i] >= this.nodes || this.dst[i] >= this.nodes) continue;
      all.push({ at: this.sent[i], text: `${name(this.src[i])} sends ${this.types[this.type[i]]} to ${name(this.dst[i])}${this.isLost(i) ? `, lost: ${this.lostWords[this.why[i]]}` : ""}` });
    }
    all.sort((a, b) => a.at - b.at);
    const words = all.slice(0, most).map((h) => h.text);
    if (all.length > most) words.push(`and ${all.length - most} things more`);
    return words;
  }
}

/** The first index of sorted rows whose key, or which itself, is not below x. */
export function lowerBound<Row>(rows: ArrayLike<Row>, x: number, key: (row: Row) => number = Number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (key(rows[middle]) < x) low = middle + 1;
    else high = middle;
  }
  return low;
}
