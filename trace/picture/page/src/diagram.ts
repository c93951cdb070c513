import { lowerBound } from "./picture";
import type { State } from "./state";
import { type Theme, typeColour } from "./theme";

/** Draws the space-time diagram: lanes, shades, hops, events. */
export function drawDiagram(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  c.clearRect(0, 0, s.width, s.height);
  drawLanes(c, s, theme);
  drawShades(c, s, theme);
  drawHops(c, s, theme);
  drawEvents(c, s, theme);
  drawFound(c, s, theme);
}

function drawLanes(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  for (const row of s.lanes.rows) {
    const top = row.top - s.top;
    if (top + row.height < 0 || top > s.height) continue;
    if (row.lane < 0) {
      c.fillStyle = theme.band;
      c.fillRect(0, top, s.width, row.height);
    }
    c.fillStyle = theme.line;
    c.fillRect(0, Math.round(top + row.height / 2), s.width, 1);
  }
}

function drawShades(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  c.font = "11px system-ui, sans-serif";
  c.textBaseline = "top";
  for (const shade of s.picture.shades) {
    const from = s.x(shade.from);
    const to = s.x(shade.to);
    if (to < 0 || from > s.width) continue;
    const left = Math.max(0, from);
    const width = Math.max(1, Math.min(s.width, to) - left);
    c.fillStyle = theme.shade[shade.kind] ?? theme.shade.partition;
    if (shade.nodes.length === 0) {
      c.fillRect(left, 0, width, s.height);
    }
    for (const node of shade.nodes) {
      for (const row of s.lanes.rows) if (row.node === node) c.fillRect(left, row.top - s.top, width, row.height);
    }
    const row = shade.nodes.length > 0 ? s.lanes.nodeRow(shade.nodes[0]) : undefined;
    if (shade.nodes.length > 0 && !row) continue;
    c.save();
    c.beginPath();
    c.rect(left, 0, width, s.height);
    c.clip();
    c.fillStyle = theme.text;
    c.fillText(shade.label, left + 4, row ? row.top - s.top + 1 : 2);
    c.restore();
  }
}

/** A hop in pixels; of one that never arrived, as far as it is drawn. */
export interface Segment {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  lost: boolean;
}

/** Where a hop is drawn; null where it is not. */
export function segment(s: State, hop: number): Segment | null {
  const { hops, messages } = s.picture;
  const y1 = s.lanes.y(hops.from[hop]) - s.top;
  const y2 = s.lanes.y(hops.to[hop]) - s.top;
  if (Number.isNaN(y1) || Number.isNaN(y2) || s.hiddenTypes.has(messages.type[hops.message[hop]])) return null;
  const x1 = s.x(hops.sent[hop]);
  const lost = hops.got[hop] < 0;
  if (!lost) return { x1, y1, x2: s.x(hops.got[hop]), y2, lost };
  // Half way, and a little to the right: nobody knows when it would have come.
  return { x1, y1, x2: x1 + 14, y2: (y1 + y2) / 2, lost };
}

/** Calls f with the hops that may be seen. */
export function eachHop(s: State, f: (hop: number, segment: Segment) => void): void {
  const { sent, got } = s.picture.hops;
  const [from, to] = s.x.domain();
  const begin = lowerBound(sent, from - s.picture.flightMax);
  for (let i = begin; i < sent.length && sent[i] <= to; i++) {
    if (got[i] >= 0 && got[i] < from) continue;
    const at = segment(s, i);
    if (at && (at.y1 > -8 || at.y2 > -8) && (at.y1 < s.height + 8 || at.y2 < s.height + 8)) f(i, at);
  }
}

// Above so many hops in sight, those that would cover each other are drawn once.
const crowd = 3000;

function drawHops(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  const { hops, messages, rankOf } = s.picture;
  const [from, to] = s.x.domain();
  const inSight = lowerBound(hops.sent, to) - lowerBound(hops.sent, from);
  const grain = inSight > 20 * crowd ? 3 : inSight > crowd ? 1.5 : 0;
  const drawn = new Set<number>();
  const ranks = theme.types.length + 1;
  const dim = Array.from({ length: ranks }, () => new Path2D());
  const lit = Array.from({ length: ranks }, () => new Path2D());
  const stopped = new Path2D();
  const stoppedLit = new Path2D();
  const bright = s.light?.lit;
  eachHop(s, (i, at) => {
    const isLit = bright ? bright[hops.message[i]] > 0 : false;
    const rank = Math.min(rankOf.get(messages.type[hops.message[i]])!, ranks - 1);
    if (grain > 0 && !isLit) {
      const key = ((Math.round(at.x1 / grain) * 4096 + Math.round(at.x2 / grain)) * 1024 + hops.from[i] % 1024) * 1024 + hops.to[i] % 1024;
      if (drawn.has(key)) return;
      drawn.add(key);
    }
    const path = (isLit ? lit : dim)[rank];
    path.moveTo(at.x1, at.y1);
    path.lineTo(at.x2, at.y2);
    if (at.lost) cross(isLit ? stoppedLit : stopped, at.x2, at.y2);
    else if (isLit || grain === 0) head(path, at);
  });
  const stroke = (paths: Path2D[], width: number, alpha: number) => {
    c.lineWidth = width;
    c.globalAlpha = alpha;
    paths.forEach((path, rank) => {
      c.strokeStyle = typeColour(theme, rank);
      c.stroke(path);
    });
  };
  stroke(dim, 1, bright ? 0.12 : grain > 0 ? 0.5 : 0.85);
  c.strokeStyle = theme.lost;
  c.lineWidth = 2;
  c.stroke(stopped);
  stroke(lit, 2, 1);
  c.strokeStyle = theme.lost;
  c.stroke(stoppedLit);
}

function cross(path: Path2D, x: number, y: number): void {
  path.moveTo(x - 4, y - 4);
  path.lineTo(x + 4, y + 4);
  path.moveTo(x + 4, y - 4);
  path.lineTo(x - 4, y + 4);
}

function head(path: Path2D, at: Segment): void {
  const dx = at.x2 - at.x1;
  const dy = at.y2 - at.y1;
  const length = Math.hypot(dx, dy);
  if (length < 12) return;
  const ux = dx / length;
  const uy = dy / length;
  path.moveTo(at.x2 - 6 * ux + 3 * uy, at.y2 - 6 * uy - 3 * ux);
  path.lineTo(at.x2, at.y2);
  path.lineTo(at.x2 - 6 * ux - 3 * uy, at.y2 - 6 * uy + 3 * ux);
}

function drawEvents(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  const { events, strings } = s.picture;
  const [from, to] = s.x.domain();
  const begin = lowerBound(events.at, from);
  const end = lowerBound(events.at, to);
  const drawn = new Set<number>();
  const bright = s.light?.lit;
  for (let i = begin; i < end; i++) {
    const y = s.lanes.y(events.lane[i]) - s.top;
    if (!(y > -8 && y < s.height + 8)) continue;
    const x = s.x(events.at[i]);
    const isLit = bright && events.message[i] >= 0 && bright[events.message[i]] > 0;
    const kind = strings[events.kind[i]];
    const loud = kind === "drop" || kind === "restart" || kind === "timeout" || kind === "retry" || kind === "stop";
    const key = (Math.round(x) * 8192 + events.lane[i]) * 4 + (isLit ? 2 : 0) + (loud ? 1 : 0);
    if (drawn.has(key)) continue;
    drawn.add(key);
    c.globalAlpha = bright && !isLit ? 0.25 : 1;
    c.fillStyle = kind === "drop" || kind === "restart" ? theme.lost : loud ? theme.depth : theme.faint;
    const width = Math.max(loud ? 3 : 1.5, s.x(events.at[i] + events.took[i]) - x);
    c.fillRect(x, y - (loud || isLit ? 5 : 3), width, loud || isLit ? 10 : 6);
  }
  c.globalAlpha = 1;
}

/** Rings where what was searched for arrived. */
function drawFound(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  if (s.found.length === 0) return;
  c.strokeStyle = theme.ring;
  c.lineWidth = 2;
  c.beginPath();
  let left = crowd;
  eachHop(s, (i, at) => {
    if (!s.foundSet.has(s.picture.hops.message[i]) || left-- <= 0) return;
    c.moveTo(at.x2 + 5, at.y2);
    c.arc(at.x2, at.y2, 5, 0, 2 * Math.PI);
  });
  c.stroke();
}

/** The message whose hop is nearest to a point, -1 if none is near. */
export function messageAt(s: State, x: number, y: number): number {
  let nearest = -1;
  let best = 7; // pixels
  eachHop(s, (i, at) => {
    const distance = distanceTo(at, x, y);
    if (distance < best) {
      best = distance;
      nearest = s.picture.hops.message[i];
    }
  });
  return nearest;
}

function distanceTo(at: Segment, x: number, y: number): number {
  const dx = at.x2 - at.x1;
  const dy = at.y2 - at.y1;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - at.x1) * dx + (y - at.y1) * dy) / length));
  return Math.hypot(x - at.x1 - t * dx, y - at.y1 - t * dy);
}
