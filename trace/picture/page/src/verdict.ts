import type { Picture } from "./picture";
import { element } from "./words";

/** What the head of the page does when something in it is clicked. */
export interface Acts {
  follow(value: string): void;
  reveal(message: number): void;
}

/** Shows, above all, how the run was judged, what went wrong first, and the values that the failure is about. */
export function showVerdict(p: Picture, acts: Acts): void {
  const { word, reason, cause, heading, total, values } = p.verdict;
  const home = document.getElementById("verdict")!;
  home.className = word;
  home.replaceChildren(element("strong", (word || "not judged").toUpperCase()), element("span", reason));
  const told = document.getElementById("cause")!;
  told.hidden = cause === "";
  told.replaceChildren(element("b", "What went wrong first:"), " ", ...linked(p, cause, acts));
  const list = document.getElementById("values")!;
  list.hidden = values.length === 0;
  list.setAttribute("aria-label", heading);
  list.replaceChildren(element("b", `${heading}${total > 1 ? `, ${total}` : ""}`), ...values.map((value) => {
    const button = element("button", value);
    button.dataset.value = value;
    button.title = `Follow ${value}`;
    button.addEventListener("click", () => acts.follow(value));
    return button;
  }));
  if (total > values.length) list.append(element("span", `and ${total - values.length} more`));
}

/** A sentence in which each message that the picture knows, and each value that is named as one, can be clicked. */
function linked(p: Picture, sentence: string, acts: Acts): (string | HTMLElement)[] {
  const byName = new Map(p.messages.id.map((name, m) => [p.strings[name], m]));
  const values = new Set(p.verdict.values);
  const parts = sentence.split(/([\w>"-]+(?:[/:][\w>-]+)*)/);
  return parts.map((part, i) => {
    const message = byName.get(part);
    const isValue = values.has(part) && parts[i - 1] === " " && ["value", "id", "key"].includes(parts[i - 2]);
    if (message === undefined && !isValue) return part;
    const button = element("button", part);
    button.title = isValue ? `Follow ${part}` : `Show ${part}`;
    button.addEventListener("click", () => (isValue ? acts.follow(part) : acts.reveal(message!)));
    return button;
  });
}
