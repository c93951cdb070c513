import { element } from "../../../../trace/picture/page/src/words";
import type { Film } from "./film";
import { seconds } from "./lists";
import type { Look, MessageLook, Verdict } from "./protocol";
import { figure } from "./verdict";

// The details of what is chosen.

/** With nothing chosen: what went wrong first, if something did, and what one can choose. */
export function showNothing(home: HTMLElement, verdict: Verdict | null): void {
  const wrong: HTMLElement[] = [];
  if (verdict?.first) wrong.push(element("h2", "What went wrong first"), element("p", verdict.first));
  if (verdict?.lost?.length) wrong.push(faint(`It is about ${verdict.lost.slice(0, 20).join(", ")}${verdict.lost.length > 20 ? " …" : ""}.`));
  if (verdict) {
    const list = document.createElement("ul");
    list.append(...Object.entries(verdict.figures ?? {}).map(([name, value]) => element("li", figure(name, value))));
    wrong.push(element("h2", "If it ended now"), list);
  }
  home.replaceChildren(
    ...wrong,
    element("p", "Click a node to see its actors, mailboxes, state and log. Click a message to see its body and what led to it. Drag from node to node to cut the link between them, and again to heal it."),
    element("p", "Shift and click, or shift and drag, chooses several nodes; a click on a link chooses its two."),
  );
}

export function showNodes(home: HTMLElement, names: readonly string[]): void {
  home.replaceChildren(element("h2", `${names.length} nodes`), element("p", names.slice(0, 100).join(", ") + (names.length > 100 ? " …" : "")));
}

export function showNode(home: HTMLElement, name: string, look: Look): void {
  const parts: HTMLElement[] = [element("h2", `${name} at ${seconds(look.at)}`)];
  parts.push(element("p", look.state + (look.clockAhead ? `, its clock is ${seconds(look.clockAhead)} ahead` : "")));
  if (look.program) parts.push(faint("A program: what it holds cannot be seen, only what it sends and logs."));
  for (const actor of look.actors ?? []) {
    const title = element("h3", `${actor.name} `);
    const figures = element("span", `${actor.mailbox} in its mailbox, ${actor.handled} handled`);
    figures.className = "faint";
    title.append(figures);
    parts.push(title);
    if (actor.view) parts.push(element("pre", actor.view));
  }
  if (look.log?.length) {
    parts.push(element("h3", "Log"));
    const lines = document.createElement("pre");
    for (const line of look.log) {
      const row = element("div", `${seconds(line.at)} ${line.level} ${line.text}`);
      row.className = line.level;
      lines.append(row);
    }
    parts.push(lines);
  }
  const scrolled = home.scrollTop;
  home.replaceChildren(...parts);
  home.scrollTop = scrolled;
}

export function showMessage(home: HTMLElement, film: Film, m: MessageLook, go: (message: number) => void): void {
  const end = m.lost ? `lost at ${seconds(m.arrives)}: ${m.lost}` : m.arrives >= 0 ? `arrives at ${seconds(m.arrives)}, ${((m.arrives - m.sent) / 1e6).toFixed(1)} ms later` : "still on its way when the run ends";
  home.replaceChildren(
    element("h2", `Message ${m.id}`),
    element("p", `${m.src} to ${m.dest}: sent at ${seconds(m.sent)}, ${end}`),
    element("pre", JSON.stringify(m.body, null, 1)),
    ...messages(film, "What led to it", m.causes, go),
    ...messages(film, "What it led to", m.effects, go),
  );
}

const listed = 40;

function messages(film: Film, title: string, ids: readonly number[] | undefined, go: (message: number) => void): HTMLElement[] {
  if (!ids?.length) return [element("h3", `${title}: nothing`)];
  const list = document.createElement("ul");
  for (const id of ids.slice(0, listed)) {
    const i = film.indexOf(id);
    const item = document.createElement("li");
    const button = element("button", i < 0 ? `Message ${id}` : `${seconds(film.sent[i])} ${film.types[film.type[i]]}, ${film.names[film.src[i]]} to ${film.names[film.dst[i]]}`);
    button.disabled = i < 0;
    button.addEventListener("click", () => go(i));
    item.append(button);
    list.append(item);
  }
  if (ids.length > listed) list.append(element("li", `and ${ids.length - listed} more`));
  return [element("h3", `${title}: ${ids.length}`), list];
}

function faint(text: string): HTMLElement {
  const p = element("p", text);
  p.className = "faint";
  return p;
}
