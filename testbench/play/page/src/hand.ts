import type { Sight } from "./drawing";
import { setText } from "./lists";
import type { Scene, Workload } from "./protocol";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const buttons = () => document.querySelectorAll<HTMLButtonElement>("[data-deed]");

/** The buttons and fields that do something to the run at this moment. */
export class Hand {
  private workload: Workload | undefined;
  private recorded = false; // the run is only looked at

  constructor(act: (deed: string) => void) {
    for (const button of buttons()) button.addEventListener("click", () => act(button.dataset.deed!));
    for (const [id, deed] of [["skew", "skew"], ["delay", "delay"], ["value", "ask"], ["rate", "rate"], ["latency", "latency"]]) {
      byId(id).addEventListener("keydown", (e) => {
        if ((e as KeyboardEvent).key === "Enter") act(deed);
      });
    }
    byId("f").addEventListener("change", () => this.hint());
  }

  /** Takes the operations and the flags of another run. */
  of(workload: Workload | undefined, { flags, run }: Scene): void {
    this.recorded = run !== undefined;
    const fs = byId<HTMLSelectElement>("f");
    if (this.workload !== workload) fs.replaceChildren(...(workload?.fs ?? []).map((f) => new Option(f, f)));
    this.workload = workload;
    this.hint();
    byId<HTMLInputElement>("rate").placeholder = flags.rate ?? "5";
    byId<HTMLInputElement>("latency").placeholder = flags.latency ?? "0";
  }

  private hint(): void {
    byId<HTMLInputElement>("value").placeholder = this.workload?.askHints?.[byId<HTMLSelectElement>("f").value] ?? "";
  }

  /** Shows who is chosen, and which buttons can act on that. Those that cannot say why when they are pressed. */
  show(s: Sight): void {
    setText(byId("whom"), chosen(s));
    for (const button of buttons()) button.setAttribute("aria-disabled", String("needs" in this.deed(button.dataset.deed!, s)));
  }

  /** The deed that a button stands for, or what it needs first. */
  deed(what: string, s: Sight): { text: string } | { needs: string } {
    const nodes = namesOf(s);
    if (this.recorded) return { needs: "This run was recorded, and cannot be made again another way: choose one of the simulator (press s)." };
    switch (what) {
      case "rate":
      case "latency":
        return { text: `${what} ${value(what)}` };
      case "end":
        return { text: what };
      case "drop":
      case "delay": {
        if (s.message < 0) return { needs: "Choose a message first: click it, or press m for a list." };
        const { film, message, at } = s;
        if (at < film.sent[message] || at >= film.arrives[message]) return { needs: "The message is not on its way at this moment: go to one between its begin and its end." };
        return { text: `${what} ${film.id[message]}${what === "delay" ? ` ${value("delay")}` : ""}` };
      }
      case "ask":
        if (nodes.length !== 1) return { needs: "Choose the one node that is to be asked first." };
        return { text: `ask ${nodes[0]} ${byId<HTMLSelectElement>("f").value} ${value("value")}`.trim() };
      case "cut":
      case "heal": {
        if (what === "heal" && nodes.length === 0) return { text: "heal" };
        if (nodes.length === 0) return { needs: "Choose the nodes to cut off first, or drag from one node to another." };
        if (nodes.length === 2) return { text: `${what} ${nodes[0]} ${nodes[1]}` };
        const rest = s.film.names.slice(0, s.film.nodes).filter((_, i) => !s.chosen.has(i));
        if (rest.length === 0) return { needs: `All nodes are chosen: there are no others to ${what} them from.` };
        return { text: `${what} ${nodes.join()} ${rest.join()}` };
      }
      default:
        if (nodes.length === 0) return { needs: `Choose the nodes to ${what} first.` };
        return { text: `${what} ${nodes.join()}${what === "skew" ? ` ${value("skew")}` : ""}` };
    }
  }
}

/** What a field says, or, left empty, what it hints at. */
function value(id: string): string {
  const field = byId<HTMLInputElement>(id);
  return field.value.trim() || field.placeholder;
}

export function namesOf(s: Sight): string[] {
  return [...s.chosen].sort((a, b) => a - b).map((i) => s.film.names[i]);
}

/** Who is chosen, in a few words. */
export function chosen(s: Sight): string {
  if (s.message >= 0) return `message ${s.film.id[s.message]}`;
  const names = namesOf(s);
  return names.length === 0 ? "No node" : names.length > 4 ? `${names.length} nodes` : names.join(", ");
}
