import { scaleLinear } from "d3-scale";
import type { Theme } from "../../../../trace/picture/page/src/theme";
import type { Deed } from "./deeds";
import type { Film } from "./film";

/** What the timeline shows: operations as bars, faults as bands, deeds as marks, and the present. */
export interface Line {
  film: Film;
  at: number;
  width: number;
  height: number;
  deeds: readonly Deed[];
  cause: number; // the moment from which all futures fail, or -1
}

const side = 8; // left and right of it, so that a mark at an end is seen
const axis = 14;

export function timeAt(l: Line, x: number): number {
  return Math.max(0, Math.min(l.film.end, ((x - side) / (l.width - 2 * side)) * l.film.end));
}

export function drawLine(c: CanvasRenderingContext2D, l: Line, theme: Theme): void {
  const { film, width, height } = l;
  const x = scaleLinear().domain([0, film.end]).range([side, width - side]);
  c.clearRect(0, 0, width, height);
  c.fillStyle = theme.band;
  c.fillRect(side, 0, width - 2 * side, height - axis);
  drawFaults(c, l, theme, x);
  drawOperations(c, l, theme, x);
  c.font = "11px system-ui, sans-serif";
  c.textBaseline = "bottom";
  c.fillStyle = theme.faint;
  const ticks = scaleLinear().domain([0, film.end / 1e9]).ticks(Math.max(2, Math.floor(width / 90)));
  for (const t of ticks) {
    const px = x(t * 1e9);
    c.textAlign = px > width - 24 ? "right" : px < 24 ? "left" : "center";
    c.fillText(`${t} s`, px, height);
  }
  c.textAlign = "center";
  for (const d of l.deeds) {
    c.fillStyle = theme.depth;
    const px = x(d.at);
    c.beginPath();
    c.moveTo(px, 9);
    c.lineTo(px - 5, 0);
    c.lineTo(px + 5, 0);
    c.fill();
    c.fillRect(px - 0.5, 0, 1, height - axis);
  }
  if (l.cause >= 0) {
    c.fillStyle = theme.lost;
    c.fillRect(x(l.cause) - 1, 0, 2, height - axis);
    c.font = "bold 12px system-ui, sans-serif";
    c.textBaseline = "top";
    c.textAlign = "left";
    c.fillText("!", x(l.cause) + 4, 2);
  }
  c.fillStyle = theme.ring;
  c.fillRect(x(l.at) - 1, 0, 2, height - axis + 3);
  c.beginPath();
  c.arc(x(l.at), height - axis + 2, 4, 0, 2 * Math.PI);
  c.fill();
}

type Scale = (t: number) => number;

/** Shades the whole height while a link is cut; nodes that are down or paused have a strip each. */
function drawFaults(c: CanvasRenderingContext2D, l: Line, theme: Theme, x: Scale): void {
  const { film, height } = l;
  const whole = height - axis;
  spans(film.cuts.map(([at, a, b, on]) => ({ at, of: film.linkKey(a, b), on: on === 1 })), film.end, (from, to) => {
    c.fillStyle = theme.shade.partition;
    c.fillRect(x(from), 0, Math.max(1, x(to) - x(from)), whole);
  });
  const strips = [[["down", "starting"], theme.lost], [["paused"], theme.faint], [["skewed"], theme.depth]] as const;
  strips.forEach(([states, colour], row) => {
    const changes = film.states.filter(([, , state]) => (state === "skewed") === (states[0] === "skewed"))
      .map(([at, of, state, ahead]) => ({ at, of, on: states.some((s) => s === state) && (state !== "skewed" || ahead !== 0) }));
    spans(changes, film.end, (from, to) => {
      c.fillStyle = colour;
      c.fillRect(x(from), 10 + 5 * row, Math.max(1, x(to) - x(from)), 3);
    });
  });
}

/** The spans in which at least one of several things is on. */
function spans(changes: readonly { at: number; of: number; on: boolean }[], end: number, visit: (from: number, to: number) => void): void {
  const on = new Set<number>();
  let since = 0;
  for (const change of changes) {
    const before = on.size;
    if (change.on) on.add(change.of);
    else on.delete(change.of);
    if (before === 0 && on.size > 0) since = change.at;
    if (before > 0 && on.size === 0) visit(since, change.at);
  }
  if (on.size > 0) visit(since, end);
}

/** How many operations ended in each span, those that failed or are unknown on top. */
function drawOperations(c: CanvasRenderingContext2D, l: Line, theme: Theme, x: Scale): void {
  const { film, height } = l;
  const wide = 4;
  const many = Math.max(1, Math.ceil(l.width / wide));
  const counts = { ok: new Float64Array(many), fail: new Float64Array(many), info: new Float64Array(many) };
  for (const op of film.ops) {
    const b = Math.min(many - 1, Math.floor(x(op[1] >= 0 ? op[1] : op[0]) / wide));
    (counts[op[6] as "ok"] ?? counts.info)[b]++;
  }
  // The last reads are many at once: they do not flatten everything else.
  const sums = counts.ok.map((ok, b) => ok + counts.fail[b] + counts.info[b]);
  const some = sums.filter((sum) => sum > 0).sort();
  const top = some[Math.floor(some.length * 0.97)] ?? 1;
  const room = height - axis - 10;
  for (let b = 0; b < many; b++) {
    let y = height - axis;
    for (const [kind, colour] of [["ok", theme.bar], ["info", theme.depth], ["fail", theme.lost]] as const) {
      const h = sums[b] && (Math.min(1, sums[b] / top) * room * counts[kind][b]) / sums[b];
      if (h === 0) continue;
      c.fillStyle = colour;
      c.fillRect(b * wide, y - h, wide - 1, h);
      y -= h;
    }
  }
}
