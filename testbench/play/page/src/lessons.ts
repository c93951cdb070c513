import { element } from "../../../../trace/picture/page/src/words";
import type { Lesson } from "./protocol";

/** The side panel: the lesson that is taken, and all others. */
export function showLessons(home: HTMLElement, lessons: readonly Lesson[], id: string, done: ReadonlySet<string>, take: (lesson: Lesson) => void): void {
  const now = lessons.find((l) => l.id === id);
  home.replaceChildren();
  if (now) {
    home.append(element("h2", now.title), ...now.text.map((text) => element("p", text)));
    const task = element("p", now.task);
    task.className = "task";
    task.prepend(element("b", "Your task: "));
    const state = element("p", "");
    state.id = "task";
    state.setAttribute("role", "status");
    home.append(task, state);
    const again = element("button", "Begin this lesson again");
    again.addEventListener("click", () => take(now));
    home.append(again);
  }
  home.append(element("h2", now ? "All lessons" : "Lessons"));
  const list = document.createElement("ol");
  for (const lesson of lessons) {
    const item = document.createElement("li");
    const button = element("button", lesson.title + (done.has(lesson.id) ? " ✓" : ""));
    if (done.has(lesson.id)) button.setAttribute("aria-label", `${lesson.title}, done`);
    button.setAttribute("aria-pressed", String(lesson.id === id));
    button.addEventListener("click", () => take(lesson));
    item.append(button);
    list.append(item);
  }
  home.append(list);
}

export function showTask(home: HTMLElement, done: boolean, text: string): void {
  const state = home.querySelector("#task");
  if (!state) return;
  const words = done ? `Done. ${text}`.trim() : text;
  if (state.textContent !== words) state.textContent = words;
  state.previousElementSibling!.classList.toggle("done", done);
}
