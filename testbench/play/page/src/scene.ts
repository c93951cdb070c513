import { element } from "../../../../trace/picture/page/src/words";
import { isSeed, joinWords, splitWords } from "./address";
import type { Run, Workload } from "./protocol";

const fields: [flag: string, words: string, hint: string][] = [
  ["node-count", "Nodes", "5"],
  ["rate", "Operations a second", "10"],
  ["latency", "Latency between nodes, ms", "100"],
  ["time-limit", "Operations last, s", "10"],
  ["nemesis", "Faults", "partition,kill,pause"],
  ["nemesis-interval", "A fault every, s", "10"],
];

/** The run in a few words. */
export function sceneWords(r: Run): string {
  const { workload, flags, args } = r.scene;
  const words = [workload];
  if (flags["node-count"]) words.push(`${flags["node-count"]} nodes`);
  if (flags.nemesis) words.push(flags.nemesis);
  if (args.length > 0) words.push(joinWords(args));
  if (r.scene.run) return `${words.join(", ")}, recorded in ${r.scene.run}`;
  return `${words.join(", ")}, seed ${r.seed}`;
}

/** Opens the dialog in which a run is chosen. */
export function chooseScene(home: HTMLElement, dialog: HTMLDialogElement, workloads: readonly Workload[], now: Run, done: (run: Run) => void): void {
  const inputs = new Map<string, HTMLInputElement>();
  home.replaceChildren();
  const row = <E extends HTMLElement>(words: string, e: E): E => {
    const label = element("label", words);
    e.id = `field-${words.toLowerCase().replace(/\W+/g, "-")}`;
    label.htmlFor = e.id;
    home.append(label, e);
    return e;
  };
  const input = (words: string, value: string, hint: string) => {
    const e = row(words, document.createElement("input"));
    e.value = value;
    e.placeholder = hint;
    e.spellcheck = false;
    e.autocomplete = "off";
    return e;
  };
  const workload = row("Workload", document.createElement("select"));
  for (const w of workloads) workload.append(new Option(w.title && w.title !== w.name ? `${w.name}: ${w.title}` : w.name, w.name, false, w.name === now.scene.workload));
  const seed = input("Seed", now.seed, "1");
  for (const [flag, words, hint] of fields) inputs.set(flag, input(words, now.scene.flags[flag] ?? "", hint));
  const others = (flags: Record<string, string>) => joinWords(Object.entries(flags).filter(([flag]) => !inputs.has(flag)).flatMap(([flag, value]) => [`--${flag}`, value]));
  const further = input("Further flags of eddy sim", others(now.scene.flags), "--loss-rate 0.2");
  const args = input("Flags of the node", joinWords(now.scene.args), "--strategy flood --ack none");
  const help = element("pre", "");
  home.append(help);
  const helps = () => {
    help.textContent = workloads.find((w) => w.name === workload.value)?.help ?? "";
    help.hidden = help.textContent === "";
  };
  helps();
  workload.onchange = () => {
    // Another workload has flags of its own.
    args.value = "";
    const { flags } = workloads.find((w) => w.name === workload.value)!;
    further.value = others(flags);
    for (const [flag, e] of inputs) e.value = flags[flag] ?? "";
    helps();
  };
  dialog.onclose = () => {
    if (dialog.returnValue !== "apply") return;
    const flags: Record<string, string> = {};
    for (const [flag, e] of inputs) if (e.value.trim() !== "") flags[flag] = e.value.trim();
    const words = splitWords(further.value);
    for (let i = 0; i < words.length; i++) {
      const [flag, value] = words[i].replace(/^--/, "").split("=", 2);
      if (value !== undefined) flags[flag] = value;
      else flags[flag] = words[i + 1] !== undefined && !words[i + 1].startsWith("--") ? words[++i] : "true";
    }
    const scene = { version: now.scene.version, workload: workload.value, flags, args: splitWords(args.value) };
    done({ scene, seed: isSeed(seed.value.trim()) ? seed.value.trim() : now.seed, deeds: "" });
  };
  dialog.returnValue = "";
  dialog.showModal();
}
