import { type Theme, typeColour } from "../../../../trace/picture/page/src/theme";
import type { Film, Standing } from "./film";
import type { Group, Layout } from "./layout";

/** What the picture of the cluster shows. */
export interface Sight {
  film: Film;
  layout: Layout;
  at: number;
  width: number;
  height: number;
  zoom: { k: number; x: number; y: number };
  chosen: ReadonlySet<number>; // nodes
  message: number; // the one that is chosen, or -1
  led: ReadonlySet<number>; // messages that led to it, or that it led to
  hidden: Set<number>; // types of messages
  drag: { from: number; x: number; y: number } | null; // from a node to where the pointer is
  box: { x1: number; y1: number; x2: number; y2: number } | null; // in which nodes are chosen
  hover: number; // a node, or -1
  shown: number; // how long the end of an operation stays in sight
}

const margin = 26;
const perpendicular = 4; // how far the two ways of a link lie apart, in pixels
const labelled = 9; // radius from which a node shows its name

const stretch = 1.6; // how much longer than broad the picture may become

function unitOf(s: Sight): number {
  return Math.max(20, Math.min(s.width, s.height) / 2 - margin);
}

function placeOfPoint(s: Sight, x: number, y: number): [number, number] {
  const most = unitOf(s) * stretch;
  const px = s.width / 2 + x * Math.min(s.width / 2 - margin, most);
  const py = s.height / 2 + y * Math.min(s.height / 2 - margin, most);
  return [px * s.zoom.k + s.zoom.x, py * s.zoom.k + s.zoom.y];
}

export function place(s: Sight, i: number): [number, number] {
  return placeOfPoint(s, s.layout.x[i], s.layout.y[i]);
}

export function radiusOf(s: Sight): number {
  return Math.max(1.5, Math.min(s.layout.radius * unitOf(s) * s.zoom.k, 30));
}

/** Visits the messages that are in sight. */
export function inSight(s: Sight, visit: (i: number) => void): void {
  s.film.inFlight(s.at, (i) => {
    if (s.film.sent[i] < s.film.arrives[i] && !s.hidden.has(s.film.type[i])) visit(i);
  });
}

/** Where a message is, and whether it has been lost there. */
export function placeOf(s: Sight, i: number): { x: number; y: number; lost: boolean } {
  const { film, at } = s;
  const [x1, y1] = place(s, film.src[i]);
  const [x2, y2] = place(s, film.dst[i]);
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const isLost = film.isLost(i);
  const stop = isLost ? stopOf(film, i) : 1;
  const until = Math.min(film.arrives[i], film.end + film.flight);
  const way = Math.min(stop, until > film.sent[i] ? (at - film.sent[i]) / (until - film.sent[i]) : 1);
  const r = Math.min(radiusOf(s), length / 3);
  const part = (r + way * (length - 2 * r)) / length;
  const side = Math.min(perpendicular, r / 2);
  return {
    x: x1 + (x2 - x1) * part - ((y2 - y1) / length) * side,
    y: y1 + (y2 - y1) * part + ((x2 - x1) / length) * side,
    lost: isLost && way >= stop,
  };
}

/** How far a message comes that is lost: to a cut in the middle, to a node that is down, or some of the way. */
function stopOf(film: Film, i: number): number {
  const why = film.lostWords[film.why[i]] ?? "";
  if (/partition|cut/.test(why)) return 0.5;
  if (/down|dead|kill/.test(why)) return 1;
  return 0.65;
}

export function draw(c: CanvasRenderingContext2D, s: Sight, theme: Theme): void {
  c.clearRect(0, 0, s.width, s.height);
  const standing = s.film.standingOf(s.at);
  drawGroups(c, s, theme);
  drawLinks(c, s, theme, standing);
  drawMessages(c, s, theme);
  drawServices(c, s, theme);
  drawNodes(c, s, theme, standing);
  drawOps(c, s, theme);
  if (s.drag) drawDrag(c, s, theme, standing);
  if (s.box) {
    c.strokeStyle = theme.ring;
    c.lineWidth = 1;
    c.strokeRect(s.box.x1, s.box.y1, s.box.x2 - s.box.x1, s.box.y2 - s.box.y1);
  }
}

function drawGroups(c: CanvasRenderingContext2D, s: Sight, theme: Theme): void {
  for (const g of s.layout.groups) {
    const [x, y] = placeOfPoint(s, g.x, g.y);
    const r = g.radius * unitOf(s) * s.zoom.k;
    if (x + r < 0 || x - r > s.width || y + r < 0 || y - r > s.height) continue;
    c.beginPath();
    c.ellipse(x, y, r * Math.min(stretch, Math.max(1, s.width / s.height)), r * Math.min(stretch, Math.max(1, s.height / s.width)), 0, 0, 2 * Math.PI);
    c.fillStyle = theme.band;
    c.fill();
    if (r < 30) continue;
    c.fillStyle = theme.faint;
    c.font = "11px system-ui, sans-serif";
    c.textAlign = "center";
    c.textBaseline = "bottom";
    c.fillText(`${s.film.names[g.from]} to ${s.film.names[g.to - 1]}`, x, y - r);
  }
}

function drawLinks(c: CanvasRenderingContext2D, s: Sight, theme: Theme, standing: Standing): void {
  const { film } = s;
  const line = (key: number) => {
    const [a, b] = film.endsOf(key);
    const [x1, y1] = place(s, a);
    const [x2, y2] = place(s, b);
    c.moveTo(x1, y1);
    c.lineTo(x2, y2);
  };
  if (film.used.size <= 3000) {
    c.strokeStyle = theme.line;
    c.lineWidth = 1;
    c.beginPath();
    for (const key of film.used) if (!film.isCut(standing, ...film.endsOf(key))) line(key);
    c.stroke();
  }
  if (standing.cut.size === 0) return;
  // A cut of a link that nothing uses shows faintly: in a partition of many nodes nearly all are.
  for (const used of [false, true]) {
    c.strokeStyle = theme.lost;
    c.globalAlpha = used ? 0.9 : 0.25;
    c.setLineDash([3, 6]);
    c.lineWidth = used ? 1.5 : 1;
    c.beginPath();
    let drawn = 0;
    for (const key of standing.cut) {
      if (film.isOtherWay(standing, key)) continue;
      const [a, b] = film.endsOf(key);
      if (film.used.has(film.linkKey(Math.min(a, b), Math.max(a, b))) === used && drawn++ < 4000) line(key);
    }
    c.stroke();
    c.setLineDash([]);
    c.globalAlpha = 1;
  }
}

function drawMessages(c: CanvasRenderingContext2D, s: Sight, theme: Theme): void {
  const { film } = s;
  const size = film.nodes <= 12 ? 5 : film.nodes <= 60 ? 4 : Math.max(1.5, Math.min(4, radiusOf(s) * 0.7));
  let last = "";
  inSight(s, (i) => {
    const p = placeOf(s, i);
    if (p.x < -9 || p.y < -9 || p.x > s.width + 9 || p.y > s.height + 9) return;
    const colour = typeColour(theme, film.typeRank[film.type[i]]);
    if (p.lost) {
      c.strokeStyle = theme.lost;
      c.lineWidth = 2;
      c.globalAlpha = Math.max(0.15, (film.gone[i] - s.at) / film.flight);
      cross(c, p.x, p.y, size + 1);
      c.globalAlpha = 1;
    } else {
      if (colour !== last) c.fillStyle = last = colour;
      if (size < 3) c.fillRect(p.x - size, p.y - size, 2 * size, 2 * size);
      else {
        c.beginPath();
        c.arc(p.x, p.y, size, 0, 2 * Math.PI);
        c.fill();
      }
    }
    if (i === s.message || s.led.has(i)) {
      c.strokeStyle = theme.ring;
      c.lineWidth = i === s.message ? 3 : 1.5;
      c.beginPath();
      c.arc(p.x, p.y, size + 4, 0, 2 * Math.PI);
      c.stroke();
    }
  });
}

function cross(c: CanvasRenderingContext2D, x: number, y: number, r: number): void {
  c.beginPath();
  c.moveTo(x - r, y - r);
  c.lineTo(x + r, y + r);
  c.moveTo(x - r, y + r);
  c.lineTo(x + r, y - r);
  c.stroke();
}

function drawServices(c: CanvasRenderingContext2D, s: Sight, theme: Theme): void {
  c.font = "12px system-ui, sans-serif";
  c.textAlign = "center";
  c.textBaseline = "middle";
  for (let i = s.film.nodes; i < s.film.names.length; i++) {
    if (s.film.home[i] >= 0) continue;
    const [x, y] = place(s, i);
    const width = c.measureText(s.film.names[i]).width + 12;
    c.fillStyle = theme.band;
    c.strokeStyle = theme.faint;
    c.lineWidth = 1;
    c.beginPath();
    c.rect(x - width / 2, y - 11, width, 22);
    c.fill();
    c.stroke();
    c.fillStyle = theme.text;
    c.fillText(s.film.names[i], x, y);
  }
}

/** Small nodes that run, in one path: a thousand of them must not take a frame. */
function drawDots(c: CanvasRenderingContext2D, s: Sight, theme: Theme, standing: Standing, r: number): void {
  c.beginPath();
  for (let i = 0; i < s.film.nodes; i++) {
    if (!isDot(s, standing, i, r)) continue;
    const [x, y] = place(s, i);
    c.moveTo(x + r, y);
    c.arc(x, y, r, 0, 2 * Math.PI);
  }
  c.fillStyle = theme.page;
  c.fill();
  c.fillStyle = theme.bar;
  c.fill();
  c.strokeStyle = theme.types[0];
  c.lineWidth = 1;
  c.stroke();
}

function isDot(s: Sight, standing: Standing, i: number, r: number): boolean {
  return r < labelled && standing.state[i] === "running" && standing.ahead[i] === 0 && !s.chosen.has(i) && s.hover !== i;
}

function drawNodes(c: CanvasRenderingContext2D, s: Sight, theme: Theme, standing: Standing): void {
  const { film } = s;
  const r = radiusOf(s);
  if (r < labelled) drawDots(c, s, theme, standing, r);
  c.textAlign = "center";
  c.textBaseline = "middle";
  for (let i = 0; i < film.nodes; i++) {
    if (isDot(s, standing, i, r)) continue;
    const [x, y] = place(s, i);
    if (x + r < 0 || y + r < 0 || x - r > s.width || y - r > s.height) continue;
    const state = standing.state[i];
    c.beginPath();
    c.arc(x, y, r, 0, 2 * Math.PI);
    c.fillStyle = theme.page;
    c.fill();
    c.fillStyle = state === "down" ? theme.shade.kill : state === "paused" ? theme.shade.pause : theme.bar;
    c.fill();
    c.lineWidth = r < 5 ? 1 : 2;
    c.setLineDash(state === "down" || state === "starting" ? [3, 3] : []);
    c.strokeStyle = state === "down" ? theme.lost : state === "running" ? theme.types[0] : theme.faint;
    c.stroke();
    c.setLineDash([]);
    if (s.chosen.has(i) || s.hover === i) {
      c.strokeStyle = theme.ring;
      c.lineWidth = s.chosen.has(i) && r >= 5 ? 3 : 1.5;
      c.beginPath();
      c.arc(x, y, r + (r < 5 ? 1.5 : 4), 0, 2 * Math.PI);
      c.stroke();
    }
    // State is never told by colour alone.
    c.strokeStyle = c.fillStyle = theme.text;
    if (state === "down" && r >= 4) {
      c.strokeStyle = theme.lost;
      c.lineWidth = 2;
      cross(c, x, y, r * 0.6);
    }
    if (r >= labelled) {
      c.font = `${Math.min(15, Math.max(10, r * 0.75))}px system-ui, sans-serif`;
      c.fillText(film.names[i], x, y);
    }
    if (state === "paused" && r >= 4) {
      const [w, h] = [Math.max(1.5, r * 0.18), r * 0.55];
      const top = r >= labelled ? y + r * 0.42 : y - h / 2;
      c.fillRect(x - 2 * w, top, w, h);
      c.fillRect(x + w, top, w, h);
    }
    if (standing.ahead[i] !== 0 && r >= 4) drawClock(c, x + r * 0.8, y - r * 0.8, Math.max(5, r * 0.4), theme);
  }
}

/** The clock of a node that goes wrong. */
function drawClock(c: CanvasRenderingContext2D, x: number, y: number, r: number, theme: Theme): void {
  c.beginPath();
  c.arc(x, y, r, 0, 2 * Math.PI);
  c.fillStyle = theme.page;
  c.fill();
  c.strokeStyle = theme.depth;
  c.lineWidth = 1.5;
  c.stroke();
  c.beginPath();
  c.moveTo(x, y - r * 0.6);
  c.lineTo(x, y);
  c.lineTo(x + r * 0.5, y);
  c.stroke();
}

/** The last operation beside each node: what is asked, and for a while how it ended. */
function drawOps(c: CanvasRenderingContext2D, s: Sight, theme: Theme): void {
  const { film } = s;
  const r = radiusOf(s);
  if (r < 5) return;
  const many = film.nodes > 12;
  c.font = "11px system-ui, sans-serif";
  c.textBaseline = "middle";
  const rows = new Int32Array(film.nodes);
  for (const op of film.opsNear(s.at, s.shown)) {
    const [, done, , node, f, value, result] = op;
    const row = rows[node]++;
    if (row > 2) continue;
    const [x, y] = place(s, node);
    const over = done >= 0 && done <= s.at;
    const left = x < s.width / 2 - 1;
    const out = left ? -1 : 1;
    c.globalAlpha = over ? Math.max(0.1, 1 - (s.at - done) / s.shown) : 1;
    c.fillStyle = !over ? theme.faint : result === "ok" ? theme.types[2] : result === "fail" ? theme.lost : theme.depth;
    const mark = !over ? "…" : result === "ok" ? "✓" : result === "fail" ? "✗" : "?";
    c.textAlign = left ? "right" : "left";
    const room = (left ? x - r : s.width - x - r) - 12;
    const text = many ? mark : `${f} ${shorten(value)} ${mark}`;
    c.fillText(c.measureText(text).width > room ? mark : text, x + out * (r + 8), y + row * 13 - 14);
  }
  c.globalAlpha = 1;
}

function shorten(text: string): string {
  return text === "null" ? "" : text.length > 16 ? `${text.slice(0, 15)}…` : text;
}

function drawDrag(c: CanvasRenderingContext2D, s: Sight, theme: Theme, standing: Standing): void {
  const drag = s.drag!;
  const [x, y] = place(s, drag.from);
  const to = nodeAt(s, drag.x, drag.y);
  const heals = to >= 0 && s.film.isCut(standing, drag.from, to);
  c.strokeStyle = heals ? theme.types[2] : theme.lost;
  c.lineWidth = 2;
  c.setLineDash([6, 5]);
  c.beginPath();
  c.moveTo(x, y);
  c.lineTo(drag.x, drag.y);
  c.stroke();
  c.setLineDash([]);
  if (to < 0 || to === drag.from) return;
  c.font = "13px system-ui, sans-serif";
  c.fillStyle = theme.text;
  c.textAlign = "center";
  c.textBaseline = "bottom";
  c.fillText(heals ? "heal" : "cut", (x + drag.x) / 2, (y + drag.y) / 2 - 4);
}

export function nodeAt(s: Sight, x: number, y: number): number {
  const reach = Math.max(8, radiusOf(s) + 4);
  let [nearest, best] = [-1, reach];
  for (let i = 0; i < s.film.nodes; i++) {
    const [px, py] = place(s, i);
    const far = Math.hypot(px - x, py - y);
    if (far < best) [nearest, best] = [i, far];
  }
  return nearest;
}

/** The nodes in a rectangle. */
export function nodesIn(s: Sight, box: NonNullable<Sight["box"]>): number[] {
  const [left, right] = [Math.min(box.x1, box.x2), Math.max(box.x1, box.x2)];
  const [top, bottom] = [Math.min(box.y1, box.y2), Math.max(box.y1, box.y2)];
  return Array.from({ length: s.film.nodes }, (_, i) => i).filter((i) => {
    const [x, y] = place(s, i);
    return x >= left && x <= right && y >= top && y <= bottom;
  });
}

/** The group whose nodes are too small to be told apart, and under the pointer. */
export function groupAt(s: Sight, x: number, y: number): Group | null {
  if (radiusOf(s) >= 5) return null;
  const reach = unitOf(s) * s.zoom.k * stretch;
  return s.layout.groups.find((g) => {
    const [gx, gy] = placeOfPoint(s, g.x, g.y);
    return Math.hypot(x - gx, y - gy) < g.radius * reach * 0.8;
  }) ?? null;
}

export function messageAt(s: Sight, x: number, y: number): number {
  let [nearest, best] = [-1, 12];
  inSight(s, (i) => {
    const p = placeOf(s, i);
    const far = Math.hypot(p.x - x, p.y - y);
    if (far < best) [nearest, best] = [i, far];
  });
  return nearest;
}

/** The link under the pointer: its two nodes, or null. */
export function linkAt(s: Sight, x: number, y: number): [number, number] | null {
  let link: [number, number] | null = null;
  let best = 6;
  const standing = s.film.standingOf(s.at);
  for (const keys of [s.film.used, standing.cut]) {
    if (keys.size > 3000) continue;
    for (const key of keys) {
      const [a, b] = s.film.endsOf(key);
      const [x1, y1] = place(s, a);
      const [x2, y2] = place(s, b);
      const square = (x2 - x1) ** 2 + (y2 - y1) ** 2 || 1;
      const part = Math.max(0, Math.min(1, ((x - x1) * (x2 - x1) + (y - y1) * (y2 - y1)) / square));
      const far = Math.hypot(x1 + part * (x2 - x1) - x, y1 + part * (y2 - y1) - y);
      if (far < best) [link, best] = [[Math.min(a, b), Math.max(a, b)], far];
    }
  }
  return link;
}
