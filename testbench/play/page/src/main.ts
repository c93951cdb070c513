import { readTheme } from "../../../../trace/picture/page/src/theme";
import { element } from "../../../../trace/picture/page/src/words";
import { addressOf, placeOf, sameRun, type Place } from "./address";
import { branch, deedsText, parseDeeds, timeText } from "./deeds";
import { draw, type Sight } from "./drawing";
import { Film } from "./film";
import { chosen, Hand } from "./hand";
import { layoutOf } from "./layout";
import { showLessons, showTask } from "./lessons";
import * as lists from "./lists";
import { seconds, setText } from "./lists";
import { Pointer } from "./pointer";
import { Present, said } from "./present";
import { type Cause, type FilmData, type Hello, type Lesson, runOf, type Seek, type Verdict, wholeHello } from "./protocol";
import { chooseScene, sceneWords } from "./scene";
import { drawLine, timeAt, type Line } from "./timeline";
import { type Ask, transport } from "./transport";
import { faultsBetween, nodeWords, summary } from "./voice";

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const speeds = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const listEvery = 250; // ms between changes of what is told in words while the run plays
const flightShown = 0.5e9; // ns that a message is in sight at least, at the first speed
const seekStep = 1000; // seeds at most that one answer tries: it takes about a second

type Tab = "details" | "nodes" | "messages" | "ops" | "deeds";
const tabs: Tab[] = ["details", "nodes", "messages", "ops", "deeds"];

/** The page: a moment of a run, and what the mouse and the keyboard do to it. */
class Play {
  private readonly cluster = byId<HTMLCanvasElement>("cluster");
  private readonly timeline = byId<HTMLCanvasElement>("timeline");
  private readonly hand = new Hand((deed) => this.act(deed));
  private readonly pointer: Pointer;
  private readonly present: Present;
  private theme = readTheme();
  private place: Place;
  private sight: Sight | null = null; // once there is a film
  private playing = false;
  private speed = 4; // of speeds
  private tab: Tab = "details";
  private cursor = 0; // the node that arrow keys start from
  private causeAt = -1;
  private asked = false; // for a frame
  private last = 0; // when the last frame was drawn, while the run plays
  private told = 0; // when words last changed
  private toldTo = 0; // the moment up to which was told what happens
  private loads = 0;
  private seeking = false;
  private fetching = false;
  private readonly done = new Set<string>(); // lessons

  constructor(private readonly ask: Ask, private readonly hello: Hello) {
    this.place = { ...hello.start, at: hello.start.at ?? 0, lesson: "" };
    this.present = new Present(ask, {
      place: () => this.place,
      sight: () => this.sight,
      playing: () => this.playing,
      inDetail: () => this.tab === "details",
      judged: (verdict) => this.judged(verdict),
      reveal: (message) => this.reveal(message),
      redraw: () => this.redraw(),
    }, byId("verdict"), byId("details"));
    this.pointer = new Pointer(this.cluster, {
      sight: () => this.sight,
      redraw: () => this.redraw(),
      choose: (node, add) => {
        this.choose(node, add);
        if (!add) this.open("details");
      },
      chooseNodes: (nodes) => this.chooseNodes(nodes),
      chooseMessage: (message) => {
        this.stop();
        this.chooseMessage(message);
      },
      link: (from, to) => {
        const { film, at } = this.sight!;
        this.do(`${film.isCut(film.standingOf(at), from, to) ? "heal" : "cut"} ${film.names[from]} ${film.names[to]}`);
      },
    });
    this.wireTimeline();
    this.wireButtons();
    this.wireKeys();
    new ResizeObserver(() => this.resize()).observe(this.cluster);
    new ResizeObserver(() => this.resize()).observe(this.timeline);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
      this.theme = readTheme();
      this.redraw();
    });
    addEventListener("popstate", () => void this.arrive());
    byId("lessons").hidden = hello.lessons.length === 0;
    this.present.showChosen();
  }

  /** Goes to where the address says. */
  async arrive(): Promise<void> {
    try {
      const place = placeOf(location.hash, this.hello.start);
      this.stop();
      if (this.sight && sameRun(place, this.place)) {
        this.place = place;
        this.go(place.at);
        this.settle(true);
      } else if (await this.load(place)) this.settle(this.sight!.film.idle.length === 0);
      this.showLessons(this.place.lesson !== "" || this.lessonsOpen);
    } catch (why) {
      this.complain(why);
    }
  }

  // Runs.

  /** Makes a run and goes to a moment of it. The run before stays in sight until it is there. */
  private async load(place: Place): Promise<boolean> {
    const load = ++this.loads;
    document.documentElement.dataset.busy = "true";
    const wasPlaying = this.playing;
    this.playing = false;
    try {
      const data = await this.ask<FilmData>({ do: "film", ...runOf(place) });
      if (load !== this.loads) return false;
      this.show(new Film(data), place);
      byId("problem").hidden = true;
      if (wasPlaying) this.play();
      return true;
    } catch (why) {
      if (load === this.loads) this.complain(why);
      return false;
    } finally {
      if (load === this.loads) document.documentElement.dataset.busy = "false";
    }
  }

  private show(film: Film, place: Place): void {
    const before = this.sight;
    const same = before && before.film.names.join() === film.names.join();
    const wasIdle = new Set(before?.film.idle);
    const id = before && before.message >= 0 ? before.film.id[before.message] : -1;
    this.place = place;
    this.sight = {
      film, layout: same ? before.layout : layoutOf(film), at: 0,
      width: this.cluster.clientWidth, height: this.cluster.clientHeight,
      zoom: before?.zoom ?? { k: 1, x: 0, y: 0 },
      chosen: new Set([...(before?.chosen ?? [])].filter((i) => i < film.nodes)),
      message: same ? film.indexOf(id) : -1, led: new Set(), drag: null, box: null, hover: -1, shown: 0,
      hidden: new Set(film.types.flatMap((name, t) => (before?.hidden.has(before.film.types.indexOf(name)) ? [t] : []))),
    };
    if (!same) {
      this.pointer.showAll();
      this.speed = Math.max(0, speeds.findLastIndex((s) => film.flight / s >= flightShown));
    }
    this.causeAt = -1;
    this.present.forget();
    setText(byId("scene"), sceneWords(place));
    document.title = `${sceneWords(place)}: Eddy play`;
    setText(byId("command"), film.command);
    this.hand.of(this.hello.workloads.find((w) => w.name === place.scene.workload), place.scene);
    for (const id of ["find", "cause"]) byId(id).hidden = place.scene.run !== undefined;
    this.showTypes();
    this.go(place.at);
    this.tell();
    const idle = film.idle.filter((text) => !wasIdle.has(text));
    if (idle.length > 0) this.say(idle.join(" "));
    document.documentElement.dataset.ready = "true";
  }

  /** Goes to another run as a link does: Back returns to this one. */
  private async depart(place: Place): Promise<void> {
    this.keepAddress();
    const here = this.place;
    if (await this.load(place)) {
      if (!sameRun(here, place) || here.lesson !== place.lesson) history.pushState(null, "", addressOf(this.place));
      else this.keepAddress();
    }
  }

  private keepAddress(): void {
    const address = addressOf(this.place);
    if (address !== location.hash) history.replaceState(null, "", address);
  }

  private complain(why: unknown): void {
    this.stop();
    const home = byId("problem");
    home.hidden = false;
    home.textContent = said(why);
    const start = element("button", "Start again");
    start.addEventListener("click", () => {
      home.hidden = true;
      void this.depart({ ...this.hello.start, at: this.hello.start.at ?? 0, lesson: "" });
    });
    if (!this.sight) home.append(" ", start);
  }

  // Time.

  private get at(): number {
    return this.sight?.at ?? 0;
  }

  private go(at: number): void {
    if (!this.sight) return;
    this.sight.at = Math.max(0, Math.min(this.sight.film.end, Math.round(at)));
    this.place = { ...this.place, at: this.sight.at };
    void this.fetchPart();
    this.redraw();
  }

  /** Of a run with very many messages, gets those around the present. */
  private async fetchPart(): Promise<void> {
    const s = this.sight!;
    if (this.fetching || s.film.covers(s.at)) return;
    this.fetching = true;
    const run = runOf(this.place);
    const from = Math.max(0, Math.round(s.at - 10 * s.film.flight));
    try {
      const film = new Film(await this.ask<FilmData>({ do: "film", ...run, from }), from, s.film);
      if (this.sight !== s || !sameRun(run, this.place)) return;
      s.message = s.message < 0 ? -1 : film.indexOf(s.film.id[s.message]);
      s.led = new Set();
      s.film = film;
      this.redraw();
    } catch (why) {
      this.complain(why);
    } finally {
      this.fetching = false;
    }
    if (this.sight === s && s.film.from === from) void this.fetchPart(); // one may have moved on meanwhile
  }

  /** A moment at which one stays: the address holds it, and what there is to say of it is asked for. */
  private settle(speak: boolean): void {
    this.keepAddress();
    this.tell();
    if (speak && this.sight) this.say(summary(this.sight.film, this.at));
  }

  private tell(): void {
    this.toldTo = this.at;
    void this.present.askVerdict();
    this.showWords();
  }

  private play(): void {
    if (!this.sight || this.playing) return;
    if (this.at >= this.sight.film.end) this.go(0);
    this.playing = true;
    this.last = performance.now();
    this.toldTo = this.at;
    this.showPlaying();
    this.redraw();
  }

  private stop(): void {
    if (!this.playing) return;
    this.playing = false;
    this.showPlaying();
    this.go(this.at);
    this.settle(true);
  }

  private toggle(): void {
    if (this.playing) this.stop();
    else this.play();
  }

  private showPlaying(): void {
    setText(byId("play"), this.playing ? "Stop" : "Play");
  }

  private step(way: 1 | -1): void {
    if (!this.sight) return;
    this.stop();
    const at = this.sight.film.next(this.at, way);
    if (at === null) return this.say(way > 0 ? "Nothing happens any more." : "Nothing happened before.");
    this.go(at);
    this.settle(false);
    this.say(`${seconds(at)}: ${this.sight.film.happenings(at, at, 5).join("; ") || "nothing between nodes"}.`);
  }

  private jump(by: number): void {
    if (!this.sight) return;
    this.stop();
    this.go(this.at + by);
    this.settle(true);
  }

  private change(speed: number): void {
    this.speed = Math.max(0, Math.min(speeds.length - 1, this.speed + speed));
    this.redraw();
    this.say(`Speed ${speeds[this.speed]}.`);
  }

  // Drawing.

  private resize(): void {
    for (const canvas of [this.cluster, this.timeline]) {
      const [width, height] = [canvas.clientWidth, canvas.clientHeight];
      if (canvas.width !== Math.round(width * devicePixelRatio) || canvas.height !== Math.round(height * devicePixelRatio)) {
        canvas.width = Math.round(width * devicePixelRatio);
        canvas.height = Math.round(height * devicePixelRatio);
        canvas.getContext("2d")!.setTransform(devicePixelRatio, 0, 0, devicePixelRatio, 0, 0);
      }
    }
    if (this.sight) [this.sight.width, this.sight.height] = [this.cluster.clientWidth, this.cluster.clientHeight];
    this.pointer.resize();
    this.frame(performance.now()); // at once: a canvas that gets another size is empty
  }

  private redraw(): void {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame((now) => {
      this.asked = false;
      this.frame(now);
    });
  }

  private frame(now: number): void {
    const s = this.sight;
    if (!s) return;
    if (this.playing) {
      s.at = Math.min(s.film.end, s.at + Math.max(0, Math.min(250, now - this.last)) * 1e6 * speeds[this.speed]);
      this.place = { ...this.place, at: Math.round(s.at) };
      this.last = now;
      void this.fetchPart();
      if (now - this.told > listEvery) {
        this.told = now;
        const faults = faultsBetween(s.film, this.toldTo, s.at);
        this.toldTo = s.at;
        if (faults) this.say(faults);
        this.showWords();
      }
      if (s.at >= s.film.end) this.stop();
      else this.redraw();
    }
    s.shown = 0.9e9 * speeds[this.speed];
    draw(this.cluster.getContext("2d")!, s, this.theme);
    drawLine(this.timeline.getContext("2d")!, this.line(s), this.theme);
    setText(byId("time"), `${seconds(s.at)} of ${seconds(s.film.end)}`);
    setText(byId("speed"), `× ${speeds[this.speed]}`);
  }

  private line(s: Sight): Line {
    return {
      film: s.film, at: s.at, width: this.timeline.clientWidth, height: this.timeline.clientHeight,
      deeds: parseDeeds(this.place.deeds), cause: this.causeAt,
    };
  }

  private showTypes(): void {
    const { film } = this.sight!;
    const named = film.types.map((name, t) => ({ name, rank: film.typeRank[t], used: false }));
    for (let i = 0; i < film.count; i++) if (film.arrives[i] > film.sent[i]) named[film.type[i]].used = true;
    const shown = named.filter((t) => t.used).sort((a, b) => a.rank - b.rank).slice(0, 11).map(({ name, rank }) => {
      const label = element("label", name);
      label.className = `rank-${rank < this.theme.types.length ? rank : "other"}`;
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = !this.sight!.hidden.has(film.types.indexOf(name));
      box.addEventListener("change", () => {
        const type = film.types.indexOf(name);
        if (box.checked) this.sight!.hidden.delete(type);
        else this.sight!.hidden.add(type);
        this.showWords();
        this.redraw();
      });
      label.prepend(box);
      return label;
    });
    const lost = element("span", "lost");
    lost.className = "lost";
    byId("types").replaceChildren(...shown, lost);
  }

  // Words.

  private say(text: string): void {
    setText(byId("status"), text);
  }

  /** Brings up to date what says the present in words. */
  private showWords(): void {
    const s = this.sight;
    if (!s) return;
    const { film, at } = s;
    const slider = this.timeline;
    slider.setAttribute("aria-valuemax", String(film.end / 1e9));
    slider.setAttribute("aria-valuenow", String(at / 1e9));
    slider.setAttribute("aria-valuetext", `${seconds(at)} of ${seconds(film.end)}`);
    const table = (id: Tab) => byId(id).querySelector("table")!;
    if (this.tab === "nodes") lists.fill(table("nodes"), ["Node", "State", "Coming", "Cut", "Operation"], lists.nodeRows(film, at, s.chosen, byId<HTMLInputElement>("filter").value.trim(), (i) => this.choose(i, true)), "No nodes");
    if (this.tab === "messages") lists.fill(table("messages"), ["Type", "From, to", "End"], lists.messageRows(s, (i) => this.chooseMessage(i)), "No message is on its way.");
    if (this.tab === "ops") lists.fill(table("ops"), ["Begin", "Node", "Operation", ""], lists.opRows(film, at, (t) => this.goAndSettle(t)), "No operation has begun.");
    if (this.tab === "deeds") {
      lists.fill(table("deeds"), ["Time", "Deed", ""], lists.deedRows(parseDeeds(this.place.deeds), (t) => this.goAndSettle(t), (i) => this.undo(i)), "You have done nothing yet.");
    }
    if (this.tab === "details") void this.present.askDetails();
    if (this.playing) void this.present.askVerdict();
    this.hand.show(s);
  }

  private goAndSettle(at: number): void {
    this.stop();
    this.go(at);
    this.settle(true);
  }

  private open(tab: Tab, focus = false): void {
    this.tab = tab;
    for (const name of tabs) {
      const button = byId(`tab-${name}`);
      button.setAttribute("aria-selected", String(name === tab));
      button.tabIndex = name === tab ? 0 : -1;
      byId(name).hidden = name !== tab;
    }
    this.showWords();
    if (focus) byId(`tab-${tab}`).focus();
  }

  private judged(v: Verdict): void {
    if (!v.task) return;
    if (v.task.done && !this.done.has(this.place.lesson)) {
      this.done.add(this.place.lesson);
      this.showLessons(true);
    }
    showTask(byId("lesson"), v.task.done, v.task.text);
  }

  // Choosing.

  /** Chooses a node: alone, or added to those that are chosen, or taken from them. */
  private choose(node: number, add: boolean): void {
    const s = this.sight!;
    const nodes = new Set(add ? s.chosen : []);
    if (add && s.chosen.has(node)) nodes.delete(node);
    else nodes.add(node);
    this.cursor = node;
    this.chooseNodes([...nodes]);
  }

  private chooseNodes(nodes: readonly number[]): void {
    const s = this.sight!;
    [s.chosen, s.message, s.led] = [new Set(nodes), -1, new Set()];
    this.haveChosen();
  }

  private chooseMessage(i: number): void {
    const s = this.sight!;
    [s.chosen, s.message, s.led] = [new Set(), i, new Set()];
    this.present.next = {};
    this.open("details");
    this.haveChosen();
  }

  private haveChosen(): void {
    this.showWords();
    const s = this.sight!;
    this.say(s.chosen.size === 1 ? `${nodeWords(s.film, s.at, [...s.chosen][0])}.` : `${chosen(s)} chosen.`);
    this.redraw();
  }

  /** Shows a message where it is half on its way. */
  private reveal(i: number): void {
    const { film } = this.sight!;
    this.stop();
    const end = Math.min(film.arrives[i], film.end);
    if (!(this.at >= film.sent[i] && this.at < end)) this.go((film.sent[i] + end) / 2);
    this.chooseMessage(i);
    this.settle(false);
  }

  // Deeds.

  private act(what: string): void {
    if (!this.sight) return;
    const deed = this.hand.deed(what, this.sight);
    if ("needs" in deed) this.say(deed.needs);
    else this.do(deed.text);
  }

  /** Does something now: from here on the run takes another way. */
  private do(text: string): void {
    const at = Math.round(this.at);
    const before = parseDeeds(this.place.deeds);
    const lost = before.filter((d) => d.at > at).length;
    this.say(`${timeText(at)} ${text}.${lost > 0 ? ` What you had done later, ${lost} deeds, is given up; Back brings it back.` : ""}`);
    void this.depart({ ...this.place, deeds: branch(this.place.deeds, at, text) });
  }

  private undo(i: number): void {
    const deeds = parseDeeds(this.place.deeds);
    const [gone] = deeds.splice(i, 1);
    if (!gone) return this.say("You have done nothing yet.");
    this.say(`Undone: ${gone.text}.`);
    void this.depart({ ...this.place, deeds: deedsText(deeds) });
  }

  // Failures.

  private async find(): Promise<void> {
    if (this.place.scene.run) return this.say("This run was recorded: other seeds are tried of runs of the simulator.");
    if (this.seeking) {
      this.seeking = false;
      return;
    }
    this.stop();
    this.seeking = true;
    const button = byId("find");
    setText(button, "Stop looking");
    const run = runOf(this.place);
    try {
      for (let tried = 0, found: Seek; this.seeking; ) {
        found = await this.ask<Seek>({ do: "seek", ...run, seed: String(BigInt.asUintN(64, BigInt(run.seed) + BigInt(1 + tried))), count: seekStep });
        tried += found.tried;
        if (found.seed !== undefined) {
          await this.depart({ ...this.place, seed: found.seed, at: found.at ?? 0 });
          this.say(`Seed ${found.seed} fails: ${(found.reasons ?? []).join("; ")}. ${tried} seeds were tried.`);
          return;
        }
        const hint = run.deeds === "" && !run.scene.flags.nemesis ? " Nothing harms these runs: choose faults (press s), or cut something first." : "";
        this.say(`${tried} seeds tried, all valid.${hint}`);
      }
    } catch (why) {
      this.complain(why);
    } finally {
      this.seeking = false;
      setText(button, "Find a failure");
    }
  }

  private async goToCause(): Promise<void> {
    if (this.place.scene.run) return this.say("This run was recorded: only one of the simulator has other futures.");
    this.stop();
    this.say("Looking for the moment from which every future fails …");
    const run = runOf(this.place);
    try {
      const cause = await this.ask<Cause>({ do: "cause", ...run });
      if (!sameRun(run, this.place)) return;
      this.causeAt = cause.at;
      this.go(cause.at);
      this.settle(false);
      this.say(cause.text);
    } catch (why) {
      this.say(said(why));
    }
  }

  // Lessons.

  private showLessons(open: boolean): void {
    byId("lesson").hidden = !open;
    byId("lessons").setAttribute("aria-expanded", String(open));
    if (!open) return;
    showLessons(byId("lesson"), this.hello.lessons, this.place.lesson, this.done, (lesson) => void this.take(lesson));
  }

  private get lessonsOpen(): boolean {
    return !byId("lesson").hidden;
  }

  private async take(lesson: Lesson): Promise<void> {
    await this.depart({ ...lesson.start, at: lesson.start.at ?? 0, lesson: lesson.id });
    this.showLessons(true);
    this.present.forget();
    void this.present.askVerdict();
  }

  // The mouse and the keyboard.

  private wireTimeline(): void {
    let scrubs = false;
    const to = (e: PointerEvent) => {
      if (!this.sight) return;
      this.go(timeAt(this.line(this.sight), e.clientX - this.timeline.getBoundingClientRect().left));
      this.showWords();
    };
    this.timeline.addEventListener("pointerdown", (e) => {
      this.stop();
      scrubs = true;
      this.timeline.setPointerCapture(e.pointerId);
      to(e);
    });
    this.timeline.addEventListener("pointermove", (e) => {
      if (scrubs) to(e);
    });
    for (const end of ["pointerup", "pointercancel"]) {
      this.timeline.addEventListener(end, () => {
        if (scrubs && this.sight) this.settle(true);
        scrubs = false;
      });
    }
  }

  private wireButtons(): void {
    const on = (id: string, act: () => void) => byId(id).addEventListener("click", act);
    on("play", () => this.toggle());
    on("back", () => this.step(-1));
    on("next", () => this.step(1));
    on("slower", () => this.change(-1));
    on("faster", () => this.change(1));
    on("find", () => void this.find());
    on("cause", () => void this.goToCause());
    on("lessons", () => this.showLessons(!this.lessonsOpen));
    on("keys", () => byId<HTMLDialogElement>("help").showModal());
    on("scene", () => this.chooseScene());
    byId("filter").addEventListener("input", () => this.showWords());
    for (const name of tabs) on(`tab-${name}`, () => this.open(name));
    byId("panel").querySelector("[role=tablist]")!.addEventListener("keydown", (e) => {
      const by = { ArrowRight: 1, ArrowLeft: -1 }[(e as KeyboardEvent).key];
      if (!by) return;
      e.stopPropagation();
      e.preventDefault();
      this.open(tabs[(tabs.indexOf(this.tab) + by + tabs.length) % tabs.length], true);
    });
  }

  private chooseScene(): void {
    this.stop();
    chooseScene(byId("fields"), byId<HTMLDialogElement>("scenes"), this.hello.workloads, this.place, (run) => {
      void this.depart({ ...run, at: 0, lesson: "" }).then(() => this.showLessons(this.lessonsOpen));
    });
  }

  private wireKeys(): void {
    this.cluster.addEventListener("keydown", (e) => {
      const s = this.sight;
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[e.key];
      if (!s || e.altKey || e.metaKey) return;
      if (by) {
        const next = s.chosen.size === 0 ? this.cursor : (this.cursor + by + s.film.nodes) % s.film.nodes;
        if (e.shiftKey) this.chooseNodes([...new Set([...s.chosen, next])]);
        else this.choose(next, false);
        this.cursor = next;
      } else if (e.key === "Enter") this.open("details", true);
      else if (e.key === "a" && e.ctrlKey) this.chooseNodes(Array.from({ length: s.film.nodes }, (_, i) => i));
      else return;
      e.preventDefault();
      e.stopPropagation();
    });
    document.addEventListener("keydown", (e) => {
      const target = e.target as HTMLElement;
      if (e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
      if (target.closest("input, select")) {
        if (e.key === "Escape") this.cluster.focus();
        return;
      }
      if (target.closest("button") && (e.key === " " || e.key === "Enter")) return; // the button's own
      const act = this.keys[e.key];
      if (!act) return;
      e.preventDefault();
      act(e.shiftKey);
    });
  }

  private readonly keys: Record<string, (shift: boolean) => void> = {
    " ": () => this.toggle(),
    ",": () => this.step(-1),
    ".": () => this.step(1),
    "+": () => this.change(1),
    "=": () => this.change(1),
    "-": () => this.change(-1),
    ArrowLeft: (shift) => this.jump(-(this.sight?.film.end ?? 0) / (shift ? 20 : 200)),
    ArrowRight: (shift) => this.jump((this.sight?.film.end ?? 0) / (shift ? 20 : 200)),
    Home: () => this.jump(-Infinity),
    End: () => this.jump(Infinity),
    "[": () => this.revealId(this.present.next.cause),
    "]": () => this.revealId(this.present.next.effect),
    n: () => this.open("nodes", true),
    m: () => this.open("messages", true),
    o: () => this.open("ops", true),
    e: () => this.open("deeds", true),
    x: () => this.act("cut"),
    h: () => this.act("heal"),
    k: () => this.act("kill"),
    r: () => this.act("restart"),
    p: () => this.act("pause"),
    u: () => this.act("resume"),
    d: () => this.act("drop"),
    a: () => this.act("ask"),
    z: () => this.undo(parseDeeds(this.place.deeds).length - 1),
    f: () => void this.find(),
    c: () => void this.goToCause(),
    s: () => this.chooseScene(),
    l: () => this.showLessons(!this.lessonsOpen),
    PageUp: () => this.pointer.zoomBy(1.5, this.sight?.chosen.size ? this.cursor : -1),
    PageDown: () => this.pointer.zoomBy(1 / 1.5, this.sight?.chosen.size ? this.cursor : -1),
    "0": () => this.pointer.showAll(),
    "?": () => byId<HTMLDialogElement>("help").showModal(),
    Escape: () => this.sight && this.chooseNodes([]),
  };

  private revealId(id: number | undefined): void {
    const i = id === undefined ? -1 : this.sight!.film.indexOf(id);
    if (i >= 0) this.reveal(i);
    else this.say("No message leads there.");
  }
}

const ask = transport();
byId("status").textContent = "The run is being made …";
ask<Hello>({ do: "hello" }).then((hello) => new Play(ask, wholeHello(hello)).arrive()).catch((why: Error) => {
  const home = byId("problem");
  home.hidden = false;
  home.textContent = why.message;
  byId("status").textContent = "";
});
