import { hopsOf, type Light } from "./causality";
import type { Picture } from "./picture";
import { timeOf } from "./search";
import { duration, element, seconds } from "./words";

const listed = 40; // messages of the past and of the future each

/** Shows one message beside the diagram: its body, its way, what led to it and what it led to. */
export function showMessage(panel: HTMLElement, p: Picture, light: Light, select: (message: number) => void): void {
  const m = light.message;
  const text = (i: number) => p.strings[i];
  panel.replaceChildren(
    element("h2", `${text(p.messages.type[m])} ${text(p.messages.id[m])}`),
    body(p, m),
    element("h3", "Its way"),
    way(p, m),
    element("h3", light.past.length === 0 ? "Nothing led to it" : `Led to it: ${light.past.length}`),
    list(p, light.past, select),
    element("h3", light.future.length === 0 ? "It led to nothing" : `It led to: ${light.future.length}`),
    list(p, light.future, select),
  );
  panel.hidden = false;
}

function body(p: Picture, m: number): HTMLElement {
  const pre = element("pre", p.messages.body[m] >= 0 ? p.strings[p.messages.body[m]] : "");
  pre.hidden = pre.textContent === "";
  return pre;
}

function way(p: Picture, m: number): HTMLElement {
  const steps = document.createElement("ol");
  for (const hop of hopsOf(p, m)) {
    const { from, to, sent, got, why } = p.hops;
    const end = got[hop] >= 0
      ? `${seconds(got[hop])}, ${duration(got[hop] - sent[hop])} later`
      : `never${why[hop] >= 0 ? `: ${p.strings[why[hop]]}` : ""}`;
    steps.append(element("li", `${place(p, from[hop])} at ${seconds(sent[hop])} to ${place(p, to[hop])}: ${end}`));
  }
  p.events.message.forEach((message, i) => {
    if (message !== m || p.events.text[i] < 0) return;
    const { lane, kind, text, at } = p.events;
    steps.append(element("li", `${place(p, lane[i])} at ${seconds(at[i])}: ${p.strings[kind[i]]} ${p.strings[text[i]]}`));
  });
  return steps;
}

function list(p: Picture, messages: number[], select: (message: number) => void): HTMLElement {
  const items = document.createElement("ul");
  for (const m of messages.slice(0, listed)) {
    const button = element("button", `${seconds(timeOf(p, m))} ${p.strings[p.messages.type[m]]} ${p.strings[p.messages.id[m]]}`);
    button.addEventListener("click", () => select(m));
    const item = document.createElement("li");
    item.append(button);
    items.append(item);
  }
  if (messages.length > listed) items.append(element("li", `and ${messages.length - listed} more`));
  return items;
}

function place(p: Picture, lane: number): string {
  return `${p.nodes[p.laneNode[lane]].name} ${p.laneName[lane]}`.trim();
}
