import { element } from "../../../../trace/picture/page/src/words";
import { sameRun, type Place } from "./address";
import type { Sight } from "./drawing";
import { namesOf } from "./hand";
import * as inspector from "./inspector";
import { type Look, type MessageLook, type Run, runOf, type Verdict } from "./protocol";
import type { Ask } from "./transport";
import { showVerdict } from "./verdict";

const askEvery = 700; // ms at least between questions about the verdict while the run plays

/** What is asked about, and what becomes of an answer. */
export interface Asker {
  place(): Place;
  sight(): Sight | null;
  playing(): boolean;
  inDetail(): boolean; // the details are in sight
  judged(verdict: Verdict): void;
  reveal(message: number): void;
  redraw(): void;
}

/** Asks about the present what the film does not tell: the verdict if it ended now, and the details of what is chosen. One question of each kind at a time. */
export class Present {
  next: { cause?: number; effect?: number } = {}; // of the message that is chosen

  private verdict: Verdict | null = null;
  private verdictOf = ""; // the moment that the verdict shown or asked for is of
  private verdictAsked = false;
  private notBefore = 0; // while the run plays
  private detailsOf = "";
  private detailsAsked = false;

  constructor(private readonly ask: Ask, private readonly asker: Asker, private readonly verdictHome: HTMLElement, private readonly detailsHome: HTMLElement) {}

  /** Another run has come, or another question about it. */
  forget(): void {
    this.verdictOf = this.detailsOf = "";
  }

  async askVerdict(): Promise<void> {
    const s = this.asker.sight();
    if (!s || this.verdictAsked || this.asker.playing() && performance.now() < this.notBefore) return;
    const place = this.asker.place();
    const run = runOf(place);
    const at = Math.round(s.at);
    const atEnd = at >= s.film.end || run.scene.run !== undefined;
    const of = JSON.stringify([run, place.lesson, atEnd ? -1 : at]);
    if (of === this.verdictOf) return;
    this.verdictOf = of;
    this.verdictAsked = true;
    this.verdictHome.classList.add("old");
    const began = performance.now();
    try {
      const lesson = place.lesson === "" ? {} : { lesson: place.lesson };
      const verdict = await this.ask<Verdict>({ do: "verdict", ...run, ...lesson, ...(atEnd ? {} : { at }) });
      if (sameRun(run, this.asker.place())) this.judge(verdict, atEnd);
    } catch (why) {
      this.verdictHome.className = "";
      this.verdictHome.replaceChildren(element("span", said(why)));
    }
    this.verdictAsked = false;
    this.notBefore = performance.now() + Math.max(askEvery, performance.now() - began);
    if (!this.asker.playing()) void this.askVerdict(); // another moment may have come meanwhile
  }

  private judge(verdict: Verdict, atEnd: boolean): void {
    this.verdict = verdict;
    showVerdict(this.verdictHome, verdict, atEnd);
    if (this.asker.inDetail()) this.showChosen();
    this.asker.judged(verdict);
  }

  async askDetails(): Promise<void> {
    const s = this.asker.sight();
    if (!s || this.detailsAsked) return; // asked: the answer looks again
    const run = runOf(this.asker.place());
    const one = s.message < 0 && s.chosen.size === 1;
    const at = Math.round(s.at);
    const of = JSON.stringify([run, s.message, [...s.chosen], one ? at : 0]);
    if (of === this.detailsOf) return;
    this.detailsOf = of;
    this.showChosen();
    if (s.message < 0 && !one) return;
    this.detailsAsked = true;
    try {
      if (one) await this.askNode(s, run, at);
      else await this.askMessage(s, run);
    } catch (why) {
      this.detailsHome.replaceChildren(element("p", said(why)));
    }
    this.detailsAsked = false;
    if (!this.asker.playing() && this.asker.inDetail()) void this.askDetails();
  }

  private async askNode(s: Sight, run: Run, at: number): Promise<void> {
    const [node] = s.chosen;
    const look = await this.ask<Look>({ do: "look", ...run, at, node: s.film.names[node] });
    if (this.asker.sight() === s && s.chosen.has(node)) inspector.showNode(this.detailsHome, s.film.names[node], look);
  }

  private async askMessage(s: Sight, run: Run): Promise<void> {
    const m = await this.ask<MessageLook>({ do: "message", ...run, id: s.film.id[s.message] });
    if (this.asker.sight() !== s || s.message < 0 || s.film.id[s.message] !== m.id) return;
    inspector.showMessage(this.detailsHome, s.film, m, (i) => this.asker.reveal(i));
    s.led = new Set([...(m.causes ?? []), ...(m.effects ?? [])].map((id) => s.film.indexOf(id)));
    this.next = { cause: m.causes?.[0], effect: m.effects?.[0] };
    this.asker.redraw();
  }

  /** What there is to say of what is chosen without asking. */
  showChosen(): void {
    const s = this.asker.sight();
    if (s && s.chosen.size > 1) inspector.showNodes(this.detailsHome, namesOf(s));
    else if (!s || s.message < 0 && s.chosen.size === 0) inspector.showNothing(this.detailsHome, this.verdict);
  }
}

/** The sentence of what was thrown. */
export function said(why: unknown): string {
  return why instanceof Error ? why.message : String(why);
}
