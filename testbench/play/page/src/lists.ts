import { select } from "d3-selection";
import type { Deed } from "./deeds";
import { timeText } from "./deeds";
import { inSight, type Sight } from "./drawing";
import type { Film } from "./film";
import { element } from "../../../../trace/picture/page/src/words";

// The picture in words: tables of nodes, messages, operations and deeds. Rows are kept from one moment to the next, so
// that the focus stays where it is.

const rowsMax = 200;

export interface Row {
  key: string;
  cells: string[]; // the first is a button
  label: string; // what the button does
  pressed?: boolean;
  press(): void;
  remove?: () => void; // a second button
}

/** Fills a table: a button in the first cell of each row. */
export function fill(table: HTMLTableElement, head: string[], rows: readonly Row[], empty: string): void {
  const shown = rows.slice(0, rowsMax);
  if (!table.tHead) {
    table.createTHead().insertRow();
    table.createTBody();
  }
  select(table.tHead!.rows[0]).selectAll("th").data(head).join("th").attr("scope", "col").text((d) => d);
  const lines = select(table.tBodies[0]).selectAll<HTMLTableRowElement, Row>("tr").data(shown, (d) => d.key).join((enter) =>
    enter.append("tr").each(function (d) {
      const button = element("button", "");
      this.insertCell().append(button);
      for (let i = 1; i < d.cells.length; i++) this.insertCell();
      if (d.remove) this.insertCell().append(element("button", "Undo"));
    }));
  lines.order().each(function (d) {
    const button = this.cells[0].firstElementChild as HTMLButtonElement;
    setText(button, d.cells[0]);
    button.setAttribute("aria-label", d.label);
    if (d.pressed !== undefined) button.setAttribute("aria-pressed", String(d.pressed));
    button.onclick = () => d.press();
    for (let i = 1; i < d.cells.length; i++) setText(this.cells[i], d.cells[i]);
    if (!d.remove) return;
    const remove = this.cells[d.cells.length].firstElementChild as HTMLButtonElement;
    remove.setAttribute("aria-label", `Undo: ${d.label}`);
    remove.onclick = () => d.remove!();
  });
  table.caption ?? table.createCaption();
  setText(table.caption!, rows.length === 0 ? empty : rows.length > rowsMax ? `The first ${rowsMax} of ${rows.length}` : "");
}

/** Changes a text only where it is another: a screen reader would read it again. */
export function setText(e: Element, text: string): void {
  if (e.textContent !== text) e.textContent = text;
}

/** The nodes whose name begins so, or, with no name given, all: those first that are chosen or not well. */
export function nodeRows(film: Film, at: number, chosen: ReadonlySet<number>, name: string, choose: (node: number) => void): Row[] {
  const standing = film.standingOf(at);
  const coming = new Int32Array(film.nodes);
  film.inFlight(at, (i) => {
    if (film.dst[i] < film.nodes && !film.isLost(i)) coming[film.dst[i]]++;
  });
  const doing = new Map<number, string>();
  for (const op of film.opsNear(at, 0)) doing.set(op[3], `${op[4]} ${op[5]}`);
  const cuts = new Int32Array(film.nodes);
  for (const key of standing.cut) {
    if (film.isOtherWay(standing, key)) continue;
    const [a, b] = film.endsOf(key);
    cuts[a]++;
    cuts[b]++;
  }
  const shown = Array.from({ length: film.nodes }, (_, i) => i).filter((i) => film.names[i].startsWith(name));
  if (shown.length > rowsMax) {
    const first = (i: number) => (chosen.has(i) || standing.state[i] !== "running" || standing.ahead[i] !== 0 ? 0 : 1);
    shown.sort((a, b) => first(a) - first(b) || a - b);
  }
  return shown.map((i) => {
    const state = standing.state[i] + (standing.ahead[i] ? `, clock ${(standing.ahead[i] / 1e9).toFixed(1)} s ahead` : "");
    return {
      key: String(i), pressed: chosen.has(i), press: () => choose(i), label: `${film.names[i]}, ${state}`,
      cells: [film.names[i], state, `${coming[i]}`, cuts[i] ? `${cuts[i]}` : "", doing.get(i) ?? ""],
    };
  });
}

/** The messages in sight: of the nodes that are chosen, or of all. */
export function messageRows(s: Sight, choose: (message: number) => void): Row[] {
  const { film } = s;
  const rows: Row[] = [];
  inSight(s, (i) => {
    if (s.chosen.size > 0 && !s.chosen.has(film.src[i]) && !s.chosen.has(film.dst[i])) return;
    const [type, from, to] = [film.types[film.type[i]], film.names[film.src[i]], film.names[film.dst[i]]];
    const end = film.isLost(i) ? `lost: ${film.lostWords[film.why[i]]}` : film.arrives[i] < Infinity ? `arrives ${seconds(film.arrives[i])}` : "on its way at the end";
    rows.push({
      key: String(film.id[i]), pressed: i === s.message, press: () => choose(i), label: `Message ${film.id[i]}, ${type} from ${from} to ${to}, ${end}`,
      cells: [`${type}`, `${from} → ${to}`, end],
    });
  });
  return rows;
}

export function opRows(film: Film, at: number, go: (at: number) => void): Row[] {
  const rows: Row[] = [];
  for (let i = film.ops.length - 1; i >= 0 && rows.length < 60; i--) {
    const [began, done, , node, f, value, result] = film.ops[i];
    if (began > at) continue;
    const end = done >= 0 && done <= at ? result : "waits";
    rows.push({
      key: String(i), press: () => go(began), label: `${f} ${value} at ${film.names[node]}, ${end}: go to ${seconds(began)}`,
      cells: [seconds(began), film.names[node], `${f} ${value}`, end],
    });
  }
  return rows;
}

export function deedRows(deeds: readonly Deed[], go: (at: number) => void, undo: (i: number) => void): Row[] {
  return deeds.map((d, i) => ({
    key: `${i} ${d.at} ${d.text}`, press: () => go(d.at), remove: () => undo(i), label: `${d.text} at ${timeText(d.at)}`,
    cells: [seconds(d.at), d.text],
  }));
}

export function seconds(ns: number): string {
  return `${(ns / 1e9).toFixed(3)} s`;
}
