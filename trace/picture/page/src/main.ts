import { scaleLinear } from "d3-scale";
import { select } from "d3-selection";
import { zoom, zoomIdentity, type D3ZoomEvent } from "d3-zoom";
import { effectsOf, light, spotlight } from "./causality";
import { drawDiagram, messageAt } from "./diagram";
import { Gutter } from "./gutter";
import { Lanes } from "./lanes";
import { showMessage } from "./panel";
import { type Picture, unpack } from "./picture";
import { endOf, nothingFound, search, timeOf } from "./search";
import type { State } from "./state";
import { betweenNodes, drawStrip, faultAt, stripHeight } from "./strip";
import { readTheme, typeColour } from "./theme";
import { showVerdict } from "./verdict";
import { element, seconds } from "./words";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const restMs = 120;
const scaleMax = 1e6; // of the zoom: 30 s become 30 µs

/** The page: what it shows, and what the mouse and the keyboard do to it. */
class Page {
  private readonly diagram = byId<HTMLCanvasElement>("diagram");
  private readonly strip = byId<HTMLCanvasElement>("strip");
  private readonly panel = byId("panel");
  private readonly status = byId("status");
  private readonly query = byId<HTMLInputElement>("query");
  private readonly state: State;
  private readonly gutter: Gutter;
  private readonly sent: number[];
  private readonly zoom = zoom<HTMLCanvasElement, unknown>();
  private readonly stripHeight: number;
  private theme = readTheme();
  private asked = false; // for a frame
  private rest = 0; // the timer of the frame that is drawn in full once the diagram rests

  constructor(private readonly picture: Picture) {
    const whole = scaleLinear().domain([0, picture.end]);
    this.state = {
      picture, lanes: new Lanes(picture), x: whole, top: 0, width: 0, height: 0,
      hiddenTypes: new Set(), light: null, found: nothingFound, at: -1, follow: false, moving: false,
    };
    this.sent = betweenNodes(picture);
    this.stripHeight = stripHeight(picture);
    byId("names").style.paddingTop = `${this.stripHeight}px`;
    this.gutter = new Gutter(byId("gutter"), this.state, () => this.redraw());
    byId("title").textContent = picture.title;
    showVerdict(picture, { follow: (value) => this.follow(value), reveal: (message) => this.reveal(message) });
    this.legend();
    this.wireMouse();
    this.wireKeys();
    new ResizeObserver(() => this.resize()).observe(byId("canvas"));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.theme = readTheme();
      this.redraw();
    });
    this.resize();
    document.documentElement.dataset.ready = "true";
  }

  private resize(): void {
    const home = byId("canvas");
    const before = this.state.width;
    this.state.width = home.clientWidth;
    this.state.height = Math.max(50, home.clientHeight - this.stripHeight);
    for (const [canvas, height] of [[this.diagram, this.state.height], [this.strip, this.stripHeight]] as const) {
      canvas.width = this.state.width * devicePixelRatio;
      canvas.height = height * devicePixelRatio;
      canvas.style.height = `${height}px`;
      canvas.getContext("2d")!.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
    }
    const area: [[number, number], [number, number]] = [[0, 0], [this.state.width, this.state.height]];
    this.zoom.extent(area).translateExtent([[0, -Infinity], [this.state.width, Infinity]]);
    if (before !== this.state.width) this.show(...(this.state.x.domain() as [number, number]));
    this.redraw();
  }

  private redraw(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.state.lanes.fit(this.state.height);
      this.state.top = Math.max(0, Math.min(this.state.top, this.state.lanes.height - this.state.height));
      drawStrip(this.strip.getContext("2d")!, this.state, this.theme, this.sent);
      drawDiagram(this.diagram.getContext("2d")!, this.state, this.theme);
      this.gutter.draw();
      byId("follow").setAttribute("aria-pressed", String(this.state.follow));
      for (const button of document.querySelectorAll<HTMLElement>("#values button")) {
        button.setAttribute("aria-pressed", String(this.state.follow && this.state.found.path?.value === button.dataset.value));
      }
      byId("unhide").hidden = this.state.lanes.hidden.size === 0;
    });
  }

  /** Shows a span of time, in µs. */
  private show(from: number, to: number): void {
    const scale = Math.min(scaleMax, this.picture.end / Math.max(1, to - from));
    const left = (from / this.picture.end) * this.state.width;
    select(this.diagram).call(this.zoom.transform, zoomIdentity.scale(scale).translate(-left, 0));
  }

  private wireMouse(): void {
    this.zoom.scaleExtent([1, scaleMax]).filter((e: MouseEvent) => !e.shiftKey && !e.button).on("zoom", (e: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      const whole = scaleLinear().domain([0, this.picture.end]).range([0, this.state.width]);
      this.state.x = e.transform.rescaleX(whole);
      if (e.sourceEvent instanceof MouseEvent && e.sourceEvent.type === "mousemove") this.state.top -= e.sourceEvent.movementY;
      this.moves();
    });
    select(this.diagram).call(this.zoom).on("dblclick.zoom", null);
    this.diagram.addEventListener("wheel", (e) => {
      if (!e.shiftKey) return;
      e.preventDefault();
      this.state.top += e.deltaY || e.deltaX;
      this.moves();
    }, { passive: false });
    this.diagram.addEventListener("click", (e) => {
      const message = messageAt(this.state, e.offsetX, e.offsetY);
      if (message >= 0) this.select(message);
      else this.deselect();
    });
    this.strip.addEventListener("mousemove", (e) => {
      this.strip.title = faultAt(this.state, e.offsetX, e.offsetY);
    });
    byId("keys").addEventListener("click", () => this.help());
    byId("follow").addEventListener("click", () => this.toggleFollow());
    byId("unhide").addEventListener("click", () => {
      this.state.lanes.setAll(this.state.lanes.hidden, []);
      this.redraw();
    });
    this.query.addEventListener("input", () => this.search());
    byId("close").addEventListener("click", () => this.deselect());
  }

  private wireKeys(): void {
    this.query.addEventListener("keydown", (e) => {
      if (e.key === "Enter") this.next(e.shiftKey ? -1 : 1);
      if (e.key === "Escape") {
        this.query.value = "";
        this.search();
        this.diagram.focus();
      }
    });
    document.addEventListener("keydown", (e) => {
      if (byId<HTMLDialogElement>("help").open) return; // it has keys of its own: Esc closes it
      if (e.target === this.query || e.ctrlKey || e.metaKey || e.altKey) return;
      const act = this.keys[e.key];
      if (!act) return;
      e.preventDefault();
      act();
    });
  }

  private readonly keys: Record<string, () => void> = {
    ArrowLeft: () => this.pan(-0.2),
    ArrowRight: () => this.pan(0.2),
    ArrowUp: () => this.scroll(-60),
    ArrowDown: () => this.scroll(60),
    "+": () => this.scaleBy(1.6),
    "=": () => this.scaleBy(1.6),
    "-": () => this.scaleBy(1 / 1.6),
    "0": () => this.show(0, this.picture.end),
    "/": () => this.query.focus(),
    n: () => this.next(1),
    N: () => this.next(-1),
    "[": () => this.step(this.state.light?.past[0]),
    "]": () => this.step(this.state.light && this.state.light.message >= 0 ? effectsOf(this.picture, this.state.light.message)[0] : undefined),
    f: () => this.toggleFollow(),
    o: () => this.openAll(),
    "?": () => this.help(),
    Escape: () => this.clear(),
  };

  private help(): void {
    byId<HTMLDialogElement>("help").showModal();
  }

  private pan(part: number): void {
    const [from, to] = this.state.x.domain();
    const by = Math.max(-from, Math.min(this.picture.end - to, part * (to - from)));
    this.show(from + by, to + by);
  }

  private scroll(by: number): void {
    this.state.top += by;
    this.moves();
  }

  /** Redraws quickly now, and in full once nothing has moved for a moment. */
  private moves(): void {
    this.state.moving = true;
    clearTimeout(this.rest);
    this.rest = setTimeout(() => {
      this.state.moving = false;
      this.redraw();
    }, restMs);
    this.redraw();
  }

  private scaleBy(factor: number): void {
    select(this.diagram).call(this.zoom.scaleBy, factor);
  }

  private openAll(): void {
    const { lanes } = this.state;
    lanes.setAll(lanes.opened, lanes.opened.size > 0 ? [] : this.picture.nodes.keys());
    if (this.state.light && this.state.light.message >= 0) this.scrollTo(this.state.light.message);
    this.redraw();
  }

  /** Follows a value: shows the whole of its path, from the first message that carries it, and dims everything else. */
  private follow(value: string): void {
    this.query.value = value;
    this.search();
    const { found } = this.state;
    if (found.messages.length === 0) {
      this.status.textContent = `${value}: no message with it was recorded`;
      return;
    }
    this.state.follow = true;
    this.state.at = 0;
    this.showFound();
    this.select(found.messages[0]);
    if (!found.path) this.status.textContent = `1 of ${found.messages.length}: ${this.status.textContent}`;
    this.diagram.focus({ preventScroll: true });
  }

  /** Shows the time from the first message that was found to the last. */
  private showFound(): void {
    const { messages } = this.state.found;
    const begin = timeOf(this.picture, messages[0]);
    if (!Number.isFinite(begin)) return;
    const end = messages.reduce((end, m) => Math.max(end, endOf(this.picture, m)), begin + 20_000);
    const margin = 0.08 * (end - begin);
    this.show(Math.max(0, begin - margin), Math.min(this.picture.end, end + 2 * margin));
    this.scrollTo(messages[0]);
  }

  /** Dims all but what was found, or no longer. */
  private toggleFollow(): void {
    const { state } = this;
    if (!state.follow && state.found.messages.length === 0) {
      this.status.textContent = "Find a value first (press /), or click one above.";
      return;
    }
    state.follow = !state.follow;
    if (state.follow && state.found.path) this.showFound();
    if (state.light && state.light.message >= 0) this.select(state.light.message);
    else this.deselect();
  }

  private step(to: number | undefined): void {
    if (to !== undefined) this.reveal(to);
  }

  private search(): void {
    const { state } = this;
    state.found = search(this.picture, this.query.value);
    state.at = -1;
    state.follow &&= state.found.messages.length > 0;
    if (state.follow || state.light?.message === -1) this.deselect();
    const sought = this.query.value.trim();
    this.status.textContent = sought === "" ? "" : `${state.found.messages.length} found`;
    this.redraw();
  }

  private next(by: number): void {
    const found = this.state.found.messages;
    if (found.length === 0) return;
    this.state.at = this.state.at < 0 && by < 0 ? found.length - 1 : (this.state.at + by + found.length) % found.length;
    this.reveal(found[this.state.at]);
    this.status.textContent = `${this.state.at + 1} of ${found.length}: ${this.status.textContent}`;
  }

  /** Selects a message and brings it into sight. */
  private reveal(message: number): void {
    const at = timeOf(this.picture, message);
    const [from, to] = this.state.x.domain();
    if (Number.isFinite(at)) {
      const span = Math.min(to - from, this.picture.end, Math.max(8 * this.picture.flightMax, 100_000));
      const begin = Math.max(0, Math.min(this.picture.end - span, at - span / 3));
      this.show(begin, begin + span);
      this.scrollTo(message);
    }
    this.select(message);
  }

  /** Scrolls so that the lane from which a message sets out is in sight. */
  private scrollTo(message: number): void {
    const first = this.picture.hopsOf[this.picture.hopsFrom[message]];
    const y = first === undefined ? NaN : this.state.lanes.y(this.picture.hops.from[first]);
    if (y < this.state.top || y > this.state.top + this.state.height) this.state.top = y - this.state.height / 2;
  }

  private select(message: number): void {
    const { found, follow } = this.state;
    const carriers = found.path && found.set.has(message) ? found.messages : [];
    const lit = follow ? spotlight(this.picture, message, found.messages) : light(this.picture, message, carriers);
    this.state.light = lit;
    showMessage(byId("details"), this.picture, lit, (m) => this.reveal(m));
    this.panel.hidden = false;
    const { id, type } = this.picture.messages;
    this.status.textContent = `${this.picture.strings[type[message]]} ${this.picture.strings[id[message]]} at ${seconds(timeOf(this.picture, message))}, ` +
      `${lit.past.length} led to it, it led to ${lit.future.length}` +
      (carriers.length > 0 ? `, ${this.pathInWords()}` : "");
    this.redraw();
  }

  /** What became of the value that was found. */
  private pathInWords(): string {
    const { found: { messages, path } } = this.state;
    if (!path) return "";
    const without = [...this.picture.learns].filter((node) => !path.learned.has(node)).sort((a, b) => a - b).map((node) => this.picture.nodes[node].name);
    return `${messages.length} carry the value` + (path.lost > 0 ? `, ${path.lost} of them lost` : "") +
      `, ${path.learned.size} of ${this.picture.learns.size} nodes learned it` + (without.length > 0 ? `, ${without.join(", ")} never` : "");
  }

  /** No message is selected any more. What is followed stays so. */
  private deselect(): void {
    const { state } = this;
    state.light = state.follow ? spotlight(this.picture, -1, state.found.messages) : null;
    this.panel.hidden = true;
    this.status.textContent = state.follow ? this.pathInWords() : "";
    this.redraw();
  }

  /** Lets go of what is selected, followed and found. */
  private clear(): void {
    this.state.follow = false;
    this.query.value = "";
    this.state.found = nothingFound;
    this.deselect();
  }

  private legend(): void {
    const { types, strings } = this.picture;
    byId("legend").replaceChildren(...types.map((type, rank) => {
      const label = element("label", strings[type] || "(no type)");
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.style.accentColor = typeColour(this.theme, rank);
      box.addEventListener("change", () => {
        if (box.checked) this.state.hiddenTypes.delete(type);
        else this.state.hiddenTypes.add(type);
        this.redraw();
      });
      const swatch = element("span", "");
      swatch.className = "swatch";
      swatch.style.background = `var(--type-${rank < this.theme.types.length ? rank : "other"})`;
      label.prepend(box, swatch);
      return label;
    }));
  }
}

unpack(byId("data").textContent!).then((picture) => new Page(picture), (why) => {
  byId("status").textContent = `The picture cannot be read: ${why}`;
  throw why;
});
