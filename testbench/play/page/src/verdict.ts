import { element } from "../../../../trace/picture/page/src/words";
import type { Verdict } from "./protocol";

const words = { true: "VALID", false: "INVALID", unknown: "UNKNOWN" };

/** Shows what the checker would say. */
export function showVerdict(home: HTMLElement, v: Verdict, atEnd: boolean): void {
  const parts: HTMLElement[] = [
    element("span", atEnd ? "At the end: " : "If it ended now: "), element("strong", words[v.valid]), element("span", (v.reasons ?? []).join("; ")),
  ];
  home.className = v.valid;
  // A screen reader speaks the line again when it changes.
  if (home.textContent !== parts.map((p) => p.textContent).join("")) home.replaceChildren(...parts);
}

/** A figure in words, such as median stable latency 268 ms. */
export function figure(name: string, value: number): string {
  const [, what, unit] = /^(.*?)(?:, (\w+))?$/.exec(name)!;
  return `${what} ${Number(value.toPrecision(3))}${unit ? ` ${unit}` : ""}`;
}
