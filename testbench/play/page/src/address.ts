import { parseTime, timeText } from "./deeds";
import type { Moment, Run } from "./protocol";

/** What the address of the page holds. */
export interface Place extends Moment {
  lesson: string; // its id; empty for none
}

const own = new Set(["seed", "args", "deeds", "at", "v", "lesson", "run"]);

/** The address of a moment, such as #broadcast?seed=1&node-count=5&deeds=2s+cut+n0+n1&at=2.5s&v=1. */
export function addressOf(p: Place): string {
  const fields: [string, string][] = [["seed", p.seed]];
  for (const [flag, value] of Object.entries(p.scene.flags)) if (value !== "") fields.push([flag, value]);
  if (p.scene.args.length > 0) fields.push(["args", joinWords(p.scene.args)]);
  if (p.scene.run) fields.push(["run", p.scene.run]);
  if (p.deeds !== "") fields.push(["deeds", p.deeds]);
  if (p.lesson !== "") fields.push(["lesson", p.lesson]);
  fields.push(["at", timeText(p.at)], ["v", p.scene.version]);
  return `#${readable(p.scene.workload)}?${fields.map(([name, value]) => `${name}=${readable(value)}`).join("&")}`;
}

/** Reads an address. What it leaves out is the start's, and its flags are all of the scene's. */
export function placeOf(hash: string, start: Run & { at?: number }): Place {
  const text = hash.replace(/^#/, "");
  if (text === "") return { ...start, at: start.at ?? 0, lesson: "" };
  const mark = text.indexOf("?");
  const fields = new URLSearchParams(mark < 0 ? "" : text.slice(mark + 1));
  const flags: Record<string, string> = {};
  for (const [name, value] of fields) if (!own.has(name)) flags[name] = value;
  const seed = fields.get("seed");
  if (seed !== null && !isSeed(seed)) throw new Error(`The address names the seed ${JSON.stringify(seed)}: a seed is a whole number below 2^64, such as 1.`);
  const at = parseTime(fields.get("at") ?? "0");
  if (!(at >= 0)) throw new Error(`The address names the moment ${JSON.stringify(fields.get("at"))}: a moment is a time such as 2.5s.`);
  return {
    scene: {
      version: fields.get("v") ?? start.scene.version,
      workload: decoded(mark < 0 ? text : text.slice(0, mark)),
      flags,
      args: splitWords(fields.get("args") ?? ""),
      ...(fields.get("run") ? { run: fields.get("run")! } : {}),
    },
    seed: seed === null ? start.seed : String(BigInt(seed)), deeds: fields.get("deeds") ?? "", at, lesson: fields.get("lesson") ?? "",
  };
}

export function isSeed(text: string): boolean {
  return /^\d{1,20}$/.test(text) && BigInt(text) < 1n << 64n;
}

export function sameRun(a: Run, b: Run): boolean {
  const text = (r: Run) => JSON.stringify([r.scene.version, r.scene.workload, Object.entries(r.scene.flags).filter(([, v]) => v !== "").sort(), r.scene.args, r.scene.run ?? "", r.seed, r.deeds]);
  return text(a) === text(b);
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // no workload has such a name: the answer says so
  }
}

/** Percent-encodes no more than an address needs. */
function readable(text: string): string {
  return encodeURIComponent(text).replace(/%20/g, "+").replace(/%(?:2C|3A|3B|2F|40|24|5B|5D|22)/g, decodeURIComponent);
}

/** Words with spaces between; one that holds a space or a quote stands in quotes, as JSON has it. */
export function joinWords(words: readonly string[]): string {
  return words.map((word) => (/[\s"]/.test(word) || word === "" ? JSON.stringify(word) : word)).join(" ");
}

export function splitWords(text: string): string[] {
  return (text.match(/"(?:\\.|[^"\\])*"|\S+/g) ?? []).map((word) => {
    if (!word.startsWith('"')) return word;
    try {
      return JSON.parse(word) as string;
    } catch {
      return word;
    }
  });
}
