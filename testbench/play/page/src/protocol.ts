// What the page asks of eddy and what it is answered, as package play writes it. Times are nanoseconds from the begin of a run.

/** What is run: the flags of eddy sim, and the words after its --. */
export interface Scene {
  version: string; // of the protocol; another version is refused
  workload: string;
  flags: Record<string, string>;
  args: string[];
  run?: string; // a stored run that cannot be made again: it is only looked at
}

/** A run: the same scene, seed and deeds make it again. */
export interface Run {
  scene: Scene;
  seed: string; // up to 2^64-1: more than a number holds
  deeds: string;
}

/** The run of something that has more. */
export function runOf(p: Run): Run {
  return { scene: p.scene, seed: p.seed, deeds: p.deeds };
}

/** A moment of a run. */
export interface Moment extends Run {
  at: number;
}

export interface Workload {
  name: string;
  title: string;
  fs: string[]; // its operations
  askHints?: Record<string, string> | null; // a value for an operation
  help: string; // flags of its node program
  flags: Record<string, string>; // of a run that can be watched
}

export interface Lesson {
  id: string;
  title: string;
  text: string[];
  task: string;
  start: Run & { at?: number };
}

export interface Hello {
  version: string;
  workloads: Workload[];
  start: Run & { at?: number };
  lessons: Lesson[];
  local: boolean;
}

/** What eddy says first, with the flags and arguments that it left out where there are none. */
export function wholeHello(h: Hello): Hello {
  const whole = <R extends Run>(r: R): R => ({ ...r, scene: { ...r.scene, flags: r.scene.flags ?? {}, args: r.scene.args ?? [] } });
  return { ...h, start: whole(h.start), lessons: h.lessons.map((l) => ({ ...l, start: whole(l.start) })) };
}

export interface Verdict {
  valid: "true" | "false" | "unknown";
  reasons?: string[];
  lost?: string[];
  first?: string; // what went wrong first
  figures?: Record<string, number>;
  task?: { done: boolean; text: string };
}

/**
 * id, from, to, sent, arrives, type, why it was lost or -1. Of one that is lost, arrives is when it would have been taken; of one
 * that is on its way when the run ends, -1.
 */
export type MessageRow = [number, number, number, number, number, number, number];
/** when, node, state, how far a skewed clock is ahead. */
export type StateRow = [number, number, string, number?];
/** when, from, to, 1 for cut and 0 for healed: one way of a link. */
export type CutRow = [number, number, number, number];
/** invoked, done or -1, process, node, operation, value, ok, fail or info. */
export type OpRow = [number, number, number, number, string, string, string];

export interface FilmData {
  end: number;
  nodes: string[];
  ends?: string[]; // clients and services: indices after those of the nodes
  messages: MessageRow[];
  types: string[];
  lost: string[];
  states: StateRow[];
  cuts: CutRow[];
  ops: OpRow[];
  idle?: string[]; // deeds that did nothing
  verdict: Verdict;
  command: string; // that makes the same run
  left?: number; // how many messages are left out, where there are too many
}

export interface Look {
  at: number;
  state: string;
  clockAhead: number;
  actors: { name: string; mailbox: number; handled: number; view: string }[];
  log: { at: number; level: string; text: string }[];
  program?: boolean; // a program whose inside cannot be seen
}

export interface MessageLook {
  id: number;
  src: string;
  dest: string;
  body: unknown;
  sent: number;
  arrives: number;
  lost?: string;
  causes?: number[]; // the nearest first
  effects?: number[];
}

export interface Seek {
  tried: number;
  seed?: string;
  at?: number;
  reasons?: string[];
}

export interface Cause {
  at: number;
  text: string;
}
