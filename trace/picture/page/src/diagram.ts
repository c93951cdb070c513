import { lowerBound } from "./picture";
import type { State } from "./state";
import { type Theme, typeColour } from "./theme";

/** Draws the space-time diagram: lanes, shades, hops, events. */
export function drawDiagram(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  c.clearRect(0, 0, s.width, s.height);
  drawLanes(c, s, theme);
  drawShades(c, s, theme);
  const writeReasons = drawHops(c, s, theme);
  drawEvents(c, s, theme);
  drawFound(c, s, theme);
  writeReasons();
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

/** Shades whom a partition or a fault of nodes befalls; drawFaults names them. */
function drawShades(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  for (const shade of s.picture.shades) {
    const left = Math.max(0, s.x(shade.from));
    const width = Math.max(1, Math.min(s.width, s.x(shade.to)) - left);
    if (s.x(shade.to) < 0 || left > s.width || !(shade.kind === "partition" || shade.nodes.length > 0)) continue;
    c.fillStyle = theme.shade[shade.kind] ?? theme.otherShade;
    if (shade.nodes.length === 0) c.fillRect(left, 0, width, Math.min(s.height, s.lanes.height - s.top));
    for (const row of s.lanes.rows) {
      if (shade.nodes.includes(row.node)) c.fillRect(left, row.top - s.top, width, row.height);
    }
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

/** The hops that are in sight. */
function hopsInSight(s: State): number[] {
  const { sent, got, from, to, message } = s.picture.hops;
  const type = s.picture.messages.type;
  const [begin, end] = s.x.domain();
  const inSight: number[] = [];
  for (let i = lowerBound(sent, begin - s.picture.flightMax); i < sent.length && sent[i] <= end; i++) {
    if (got[i] >= 0 && got[i] < begin) continue;
    let y1 = s.lanes.y(from[i]) - s.top;
    let y2 = s.lanes.y(to[i]) - s.top;
    if (isStub(s, i)) {
      const nodes = s.picture.laneNode[from[i]] === s.picture.clients ? y2 : y1;
      if (!Number.isNaN(y1 + y2)) y1 = y2 = nodes;
    }
    // A hidden lane is at NaN, which no comparison lets pass.
    if (Math.max(y1, y2) > -8 && Math.min(y1, y2) < s.height + 8 && !s.hiddenTypes.has(type[message[i]])) inSight.push(i);
  }
  return inSight;
}

// What a client sends and gets is drawn in full where it is lit or the clients are opened, else as a short stroke above the
// node: hundreds of lines across all lanes would hide what passes between nodes.
const stubWidth = 5;

function isStub(s: State, hop: number): boolean {
  const { clients, laneNode, hops } = s.picture;
  if (clients < 0 || s.lanes.opened.has(clients) || (s.light && s.light.lit[hops.message[hop]] > 0)) return false;
  return laneNode[hops.from[hop]] === clients || laneNode[hops.to[hop]] === clients;
}

function stub(s: State, hop: number): Segment {
  const { clients, laneNode, hops } = s.picture;
  const height = Math.min(10, s.lanes.nodeHeight * 0.42);
  const lost = hops.got[hop] < 0;
  if (laneNode[hops.from[hop]] === clients) {
    const x = s.x(lost ? hops.sent[hop] : hops.got[hop]);
    const y = s.lanes.y(hops.to[hop]) - s.top;
    return lost ? { x1: x - stubWidth, y1: y - height, x2: x, y2: y - height / 2, lost } : { x1: x - stubWidth, y1: y - height, x2: x, y2: y, lost };
  }
  const x = s.x(hops.sent[hop]);
  const y = s.lanes.y(hops.from[hop]) - s.top;
  return { x1: x, y1: y, x2: x + stubWidth, y2: y - height, lost };
}

/** Where a hop is drawn. */
function segment(s: State, hop: number): Segment {
  if (isStub(s, hop)) return stub(s, hop);
  const { hops } = s.picture;
  const y1 = s.lanes.y(hops.from[hop]) - s.top;
  const y2 = s.lanes.y(hops.to[hop]) - s.top;
  const x1 = s.x(hops.sent[hop]);
  const lost = hops.got[hop] < 0;
  if (!lost) return { x1, y1, x2: s.x(hops.got[hop]), y2, lost };
  // Not quite half way, which may be the line of another node, and a little to the right: nobody knows when it would have come.
  return { x1, y1, x2: x1 + 14, y2: y1 + 0.42 * (y2 - y1), lost };
}

// So many hops are drawn at most: more would cover each other, and take long. While the diagram moves it is fewer.
const crowd = 6000;
const crowdMoving = 1200;

/** The hops to draw. Where there are too many, those that are alike count once: from one lane to another, and sent
 * within some pixels of each other. Lit ones are drawn all. */
function chooseHops(s: State): { hops: number[]; crowded: boolean } {
  const { from, to, message, sent } = s.picture.hops;
  let hops = hopsInSight(s);
  const room = s.moving ? crowdMoving : crowd;
  const crowded = hops.length > room;
  const lit = s.light?.lit;
  for (let grain = 2 ** Math.floor(Math.log2(hops.length / room)); hops.length > room && grain < s.width; grain *= 2) {
    const seen = new Set<number>();
    hops = hops.filter((i) => {
      if (lit && lit[message[i]] > 0) return true;
      const key = (Math.round(s.x(sent[i]) / grain) * 4096 + (from[i] % 4096)) * 4096 + (to[i] % 4096);
      const isNew = !seen.has(key);
      seen.add(key);
      return isNew;
    });
    if (lit && seen.size === 0) break; // all that is left is lit
  }
  return { hops, crowded };
}

/** Draws the hops, and gives what writes beside the lost ones why they were lost, once all else is drawn. */
function drawHops(c: CanvasRenderingContext2D, s: State, theme: Theme): () => void {
  const { messages, rankOf } = s.picture;
  const { hops, crowded } = chooseHops(s);
  const ranks = theme.types.length + 1;
  const dim = Array.from({ length: ranks }, () => new Path2D());
  const lit = Array.from({ length: ranks }, () => new Path2D());
  const stopped = new Path2D();
  const stoppedLit = new Path2D();
  const labels = new Labels(c, s.width);
  const reasons: { text: string; x: number; y: number }[] = [];
  const bright = s.light?.lit;
  for (const hop of hops) {
    const at = segment(s, hop);
    const message = s.picture.hops.message[hop];
    const isLit = bright ? bright[message] > 0 : false;
    const path = (isLit ? lit : dim)[Math.min(rankOf.get(messages.type[message])!, ranks - 1)];
    path.moveTo(at.x1, at.y1);
    path.lineTo(at.x2, at.y2);
    if (isStub(s, hop)) {
      const clients = s.lanes.y(s.picture.firstLane[s.picture.clients]) - s.top;
      path.moveTo(at.x1, clients - 3);
      path.lineTo(at.x1, clients + 3);
    }
    if (at.lost) {
      cross(isLit ? stoppedLit : stopped, at.x2, at.y2);
      if (isLit || !bright) labels.keepOff(at.x2, at.y2);
      const why = s.picture.hops.why[hop];
      if (why >= 0 && (isLit || (!crowded && !bright))) {
        const to = s.picture.nodes[s.picture.laneNode[s.picture.hops.to[hop]]].name;
        reasons.push({ text: `to ${to}, ${s.picture.strings[why]}`, x: at.x2 + 8, y: at.y2 });
      }
    } else if (isLit || !crowded) head(path, at);
  }
  const stroke = (paths: Path2D[], width: number, alpha: number) => {
    c.lineWidth = width;
    c.globalAlpha = alpha;
    paths.forEach((path, rank) => {
      c.strokeStyle = typeColour(theme, rank);
      c.stroke(path);
    });
  };
  stroke(dim, 1, s.follow ? 0.05 : bright ? 0.12 : crowded ? 0.5 : 0.85);
  c.strokeStyle = theme.lost;
  c.lineWidth = 2;
  c.stroke(stopped);
  stroke(lit, 2, 1);
  c.strokeStyle = theme.lost;
  c.stroke(stoppedLit);
  return () => {
    if (!bright && reasons.length > reasonsMax) return;
    c.fillStyle = theme.lost;
    c.strokeStyle = theme.page;
    for (const { text, x, y } of reasons) labels.write(text, x, y);
  };
}

const reasonsMax = 40; // beside lost messages of which none is lit: of more, few would find a place

/** Writes labels, but none over another. */
class Labels {
  private readonly taken: Box[] = [];
  private written = 0;
  private readonly widths = new Map<string, number>();

  constructor(private readonly c: CanvasRenderingContext2D, private readonly right: number) {
    c.font = "11px system-ui, sans-serif";
    c.textBaseline = "middle";
  }

  write(text: string, x: number, y: number): void {
    if (this.written >= labelsMax) return;
    let width = this.widths.get(text);
    if (width === undefined) this.widths.set(text, (width = this.c.measureText(text).width));
    if (x + width > this.right) x -= width + crossWidth; // on the other side of the cross
    const box = { left: x - 2, top: y - labelHeight / 2, right: x + width + 2, bottom: y + labelHeight / 2 };
    if (this.taken.some((t) => box.left < t.right && t.left < box.right && box.top < t.bottom && t.top < box.bottom)) return;
    this.taken.push(box);
    this.written++;
    this.c.lineWidth = 3; // so that lines beneath do not cross it
    this.c.strokeText(text, x, y);
    this.c.fillText(text, x, y);
  }

  /** No label is to cover the cross at a point. */
  keepOff(x: number, y: number): void {
    if (this.taken.length < crossesKept) this.taken.push({ left: x - 5, top: y - 5, right: x + 5, bottom: y + 5 });
  }
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

const labelHeight = 13;
const crossWidth = 16; // with a gap on both sides
const labelsMax = 100;
const crossesKept = 1000;

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
  const grain = end - begin <= crowd ? 1 : s.moving ? 6 : 2;
  const bright = s.light?.lit;
  for (let i = begin; i < end; i++) {
    const y = s.lanes.y(events.lane[i]) - s.top;
    if (!(y > -8 && y < s.height + 8)) continue;
    const x = s.x(events.at[i]);
    const isLit = bright && events.message[i] >= 0 && bright[events.message[i]] > 0;
    const kind = strings[events.kind[i]];
    const loud = kind === "drop" || kind === "restart" || kind === "timeout" || kind === "retry" || kind === "stop";
    const key = (Math.round(x / grain) * 8192 + events.lane[i]) * 4 + (isLit ? 2 : 0) + (loud ? 1 : 0);
    if (drawn.has(key)) continue;
    drawn.add(key);
    c.globalAlpha = bright && !isLit ? (s.follow ? 0.12 : 0.25) : 1;
    c.fillStyle = kind === "drop" || kind === "restart" ? theme.lost : loud ? theme.depth : theme.faint;
    const width = Math.max(loud ? 3 : 1.5, s.x(events.at[i] + events.took[i]) - x);
    c.fillRect(x, y - (loud || isLit ? 5 : 3), width, loud || isLit ? 10 : 6);
  }
  c.globalAlpha = 1;
}

/** Rings where what was searched for arrived. */
function drawFound(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  if (s.found.messages.length === 0) return;
  c.strokeStyle = theme.ring;
  c.lineWidth = 2;
  c.beginPath();
  const found = hopsInSight(s).filter((i) => s.found.set.has(s.picture.hops.message[i]));
  for (const hop of found.slice(0, crowdMoving)) {
    const { x2, y2 } = segment(s, hop);
    c.moveTo(x2 + 5, y2);
    c.arc(x2, y2, 5, 0, 2 * Math.PI);
  }
  c.stroke();
}

/** The message whose hop is nearest to a point, -1 if none is near. */
export function messageAt(s: State, x: number, y: number): number {
  let nearest = -1;
  let best = 7; // pixels
  for (const hop of hopsInSight(s)) {
    const distance = distanceTo(segment(s, hop), x, y);
    if (distance < best) {
      best = distance;
      nearest = s.picture.hops.message[hop];
    }
  }
  return nearest;
}

function distanceTo(at: Segment, x: number, y: number): number {
  const dx = at.x2 - at.x1;
  const dy = at.y2 - at.y1;
  const length = dx * dx + dy * dy;
  const t = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - at.x1) * dx + (y - at.y1) * dy) / length));
  return Math.hypot(x - at.x1 - t * dx, y - at.y1 - t * dy);
}
