import type { State } from "./state";
import { seconds } from "./words";

/** The names of the lanes, beside the diagram: a click opens a node into its actors, or hides it. */
export class Gutter {
  private shown = "";

  constructor(
    private readonly home: HTMLElement,
    private readonly state: State,
    private readonly changed: () => void,
  ) {}

  draw(): void {
    const s = this.state;
    const rows = s.lanes.rows.filter((r) => r.top + r.height > s.top && r.top < s.top + s.height);
    const now = `${s.top} ${s.height} ${rows.map((r) => `${r.node},${r.lane},${r.height}`).join(" ")} ${[...s.lanes.opened].join(",")} ${s.found.path?.value}`;
    if (now === this.shown) return;
    this.shown = now;
    const focused = (document.activeElement as HTMLElement | null)?.dataset.node;
    this.home.replaceChildren(...rows.map((row) => {
      const line = document.createElement("div");
      line.className = row.lane < 0 ? "node" : "actor";
      line.style.top = `${row.top - s.top}px`;
      line.style.height = `${row.height}px`;
      if (row.lane >= 0) {
        line.textContent = s.picture.laneName[row.lane];
        line.title = line.textContent;
        return line;
      }
      const { name, actors } = s.picture.nodes[row.node];
      const open = s.lanes.opened.has(row.node);
      line.append(this.button(`${open ? "▾" : "▸"} ${name}`, `${open ? "Close" : "Open"} ${name}, ${actors.length} actors`, row.node, open, () =>
        s.lanes.toggle(s.lanes.opened, row.node)));
      const told = this.learned(row.node);
      if (told) line.append(told);
      line.append(this.button("×", `Hide ${name}`, -1, undefined, () => s.lanes.toggle(s.lanes.hidden, row.node)));
      return line;
    }));
    if (focused !== undefined) this.home.querySelector<HTMLElement>(`[data-node="${focused}"]`)?.focus();
  }

  /** When a node learned the value that is followed. Clients and services learn nothing. */
  private learned(node: number): HTMLElement | null {
    const { picture, found: { path } } = this.state;
    if (!path || !picture.learns.has(node)) return null;
    const at = path.learned.get(node);
    const told = document.createElement("span");
    told.className = at === undefined ? "never" : "when";
    told.textContent = at === undefined ? "never" : seconds(at);
    told.title = at === undefined ? `${path.value} never got here` : `learned ${path.value} at ${seconds(at)}`;
    return told;
  }

  private button(text: string, label: string, node: number, open: boolean | undefined, act: () => void): HTMLElement {
    const button = document.createElement("button");
    button.textContent = text;
    button.title = label;
    button.setAttribute("aria-label", label);
    if (node >= 0) button.dataset.node = String(node);
    if (open !== undefined) button.setAttribute("aria-expanded", String(open));
    button.addEventListener("click", () => {
      act();
      this.changed();
    });
    return button;
  }
}
