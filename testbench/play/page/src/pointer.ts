import { select } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent } from "d3-zoom";
import { groupAt, linkAt, messageAt, nodeAt, nodesIn, place, type Sight } from "./drawing";

/** What the mouse does to the picture of the cluster. */
export interface Acts {
  sight(): Sight | null;
  redraw(): void;
  choose(node: number, add: boolean): void;
  chooseNodes(nodes: readonly number[]): void;
  chooseMessage(message: number): void;
  link(from: number, to: number): void; // cuts or heals it
}

const still = 6; // pixels that a click may move

/** Wires clicks, drags from node to node, the wheel and two fingers. */
export class Pointer {
  private readonly zoom = zoom<HTMLCanvasElement, unknown>();
  private down: { x: number; y: number; node: number; shift: boolean } | null = null;

  constructor(private readonly canvas: HTMLCanvasElement, private readonly acts: Acts) {
    this.zoom.scaleExtent([1, 40]).filter((e) => this.zooms(e as Event)).on("zoom", (e: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      const s = acts.sight();
      if (s) s.zoom = e.transform;
      acts.redraw();
    });
    select(canvas).call(this.zoom);
    canvas.addEventListener("pointerdown", (e) => this.press(e));
    canvas.addEventListener("pointermove", (e) => this.move(e));
    canvas.addEventListener("pointerup", (e) => this.release(e));
    canvas.addEventListener("pointercancel", () => this.letGo());
  }

  resize(): void {
    const corner: [number, number] = [this.canvas.clientWidth, this.canvas.clientHeight];
    this.zoom.extent([[0, 0], corner]).translateExtent([[0, 0], corner]);
  }

  showAll(): void {
    select(this.canvas).call(this.zoom.transform, zoomIdentity);
  }

  /** Zooms in or out around a node, or the middle. */
  zoomBy(factor: number, node: number): void {
    const s = this.acts.sight();
    if (s) select(this.canvas).call(this.zoom.scaleBy, factor, node >= 0 ? place(s, node) : undefined);
  }

  private inside(e: { clientX: number; clientY: number }): [number, number] {
    const box = this.canvas.getBoundingClientRect();
    return [e.clientX - box.left, e.clientY - box.top];
  }

  /** A drag that begins on a node is not one of the picture. */
  private zooms(e: Event): boolean {
    const s = this.acts.sight();
    if (!s) return false;
    if (e.type === "wheel" || e.type === "dblclick") return true;
    if ((e as MouseEvent).shiftKey) return false; // chooses in a box
    const touches = (e as TouchEvent).touches;
    if (touches?.length > 1) return true;
    return nodeAt(s, ...this.inside(touches ? touches[0] : (e as MouseEvent))) < 0;
  }

  private press(e: PointerEvent): void {
    const s = this.acts.sight();
    if (!s || e.button !== 0) return;
    const [x, y] = this.inside(e);
    this.down = { x, y, node: nodeAt(s, x, y), shift: e.shiftKey };
    if (this.down.node >= 0 || e.shiftKey) this.canvas.setPointerCapture(e.pointerId);
  }

  private move(e: PointerEvent): void {
    const s = this.acts.sight();
    if (!s) return;
    const [x, y] = this.inside(e);
    if (this.down && this.far(x, y)) {
      if (this.down.node >= 0 && !this.down.shift) s.drag = { from: this.down.node, x, y };
      else if (this.down.shift) s.box = { x1: this.down.x, y1: this.down.y, x2: x, y2: y };
    }
    const hover = nodeAt(s, x, y);
    if (hover !== s.hover || s.drag || s.box) {
      s.hover = hover;
      this.acts.redraw();
    }
    const tip = tipOf(s, hover, x, y);
    if (this.canvas.title !== tip) this.canvas.title = tip;
  }

  private release(e: PointerEvent): void {
    const s = this.acts.sight();
    const { down } = this;
    if (!s || !down) return this.letGo();
    const [x, y] = this.inside(e);
    const { drag, box } = s;
    const moved = this.far(x, y);
    this.letGo();
    if (drag) {
      const to = nodeAt(s, x, y);
      if (to >= 0 && to !== drag.from) this.acts.link(drag.from, to);
    } else if (box) this.acts.chooseNodes([...new Set([...s.chosen, ...nodesIn(s, box)])]);
    else if (!moved) this.click(s, x, y, e.shiftKey || e.ctrlKey || e.metaKey);
  }

  private click(s: Sight, x: number, y: number, add: boolean): void {
    const group = groupAt(s, x, y);
    if (group) {
      const nodes = Array.from({ length: group.to - group.from }, (_, i) => group.from + i);
      return this.acts.chooseNodes(add ? [...new Set([...s.chosen, ...nodes])] : nodes);
    }
    const node = nodeAt(s, x, y);
    if (node >= 0) return this.acts.choose(node, add);
    const message = messageAt(s, x, y);
    if (message >= 0) return this.acts.chooseMessage(message);
    this.acts.chooseNodes(linkAt(s, x, y) ?? []);
  }

  private far(x: number, y: number): boolean {
    return this.down !== null && Math.hypot(x - this.down.x, y - this.down.y) > still;
  }

  private letGo(): void {
    this.down = null;
    const s = this.acts.sight();
    if (s) s.drag = s.box = null;
    this.acts.redraw();
  }
}

function tipOf(s: Sight, node: number, x: number, y: number): string {
  if (node >= 0) return s.film.names[node];
  const i = messageAt(s, x, y);
  return i < 0 ? "" : `${s.film.types[s.film.type[i]]}, ${s.film.names[s.film.src[i]]} to ${s.film.names[s.film.dst[i]]}`;
}
