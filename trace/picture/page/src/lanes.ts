import type { Picture } from "./picture";

// A node's line is as high as lets all nodes be seen at once, within these bounds.
const nodeHeightMin = 15;
const nodeHeightMax = 60;
const actorHeight = 16;

/** One line of the diagram: a node, or an actor of an opened node. */
export interface Row {
  node: number;
  lane: number; // -1: the node as a whole
  top: number;
  height: number;
}

/** Which lines there are, and where: it knows what is opened and what is hidden. */
export class Lanes {
  rows: Row[] = [];
  height = 0;
  nodeHeight = nodeHeightMax;
  readonly opened = new Set<number>();
  readonly hidden = new Set<number>();
  private laneY: Float64Array;

  constructor(private readonly picture: Picture) {
    this.laneY = new Float64Array(picture.laneNode.length);
    this.arrange();
  }

  /** The middle of a lane's line, from the top of all; NaN for one of a hidden node. */
  y(lane: number): number {
    return this.laneY[lane];
  }

  /** Makes lines as high as lets all be seen at once in a window of this height. */
  fit(height: number): void {
    const shown = this.picture.nodes.length - this.hidden.size;
    const wanted = Math.max(nodeHeightMin, Math.min(nodeHeightMax, Math.floor(height / Math.max(1, shown))));
    if (wanted === this.nodeHeight) return;
    this.nodeHeight = wanted;
    this.arrange();
  }

  toggle(set: Set<number>, node: number): void {
    if (!set.delete(node)) set.add(node);
    this.arrange();
  }

  setAll(set: Set<number>, nodes: Iterable<number>): void {
    set.clear();
    for (const n of nodes) set.add(n);
    this.arrange();
  }

  nodeRow(node: number): Row | undefined {
    return this.rows.find((r) => r.node === node && r.lane < 0);
  }

  private arrange(): void {
    this.rows = [];
    let top = 0;
    const add = (node: number, lane: number, height: number) => {
      this.rows.push({ node, lane, top, height });
      top += height;
    };
    this.picture.nodes.forEach((_, node) => {
      const first = this.picture.firstLane[node];
      const lanes = this.picture.nodes[node].actors.length;
      const shut = this.hidden.has(node) ? NaN : top + this.nodeHeight / 2;
      this.laneY.fill(shut, first, first + lanes);
      if (this.hidden.has(node)) return;
      add(node, -1, this.nodeHeight);
      if (!this.opened.has(node)) return;
      for (let lane = first; lane < first + lanes; lane++) {
        this.laneY[lane] = top + actorHeight / 2;
        add(node, lane, actorHeight);
      }
    });
    this.height = top;
  }
}
