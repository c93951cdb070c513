/** A deed as it is written, and when it is done. */
export interface Deed {
  at: number;
  text: string; // without the time
}

const units: Record<string, number> = { h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, µs: 1e3, ns: 1 };

/** A time as Go writes it, such as 1m2.5s, in nanoseconds; NaN if it is none. */
export function parseTime(text: string): number {
  if (!/^-?(?:\d+(?:\.\d*)?(?:h|ms|m|s|us|µs|ns))+$|^0$/.test(text)) return NaN;
  let ns = 0;
  for (const [, number, unit] of text.matchAll(/(\d+(?:\.\d*)?)(h|ms|m|s|us|µs|ns)/g)) ns += Number(number) * units[unit];
  return Math.round(text.startsWith("-") ? -ns : ns);
}

/** A time in seconds that parseTime reads back to the nanosecond. */
export function timeText(ns: number): string {
  const whole = Math.floor(ns / 1e9);
  const rest = String(Math.round(ns - whole * 1e9)).padStart(9, "0").replace(/0+$/, "");
  return `${whole}${rest && `.${rest}`}s`;
}

/** Deeds with semicolons between, by their time. */
export function parseDeeds(text: string): Deed[] {
  const parts = text.match(/(?:"(?:\\.|[^"\\])*"|[^;"])+/g) ?? []; // a semicolon in a JSON string is none
  const deeds = parts.map((part) => part.trim()).filter((part) => part !== "").map((part) => {
    const space = part.indexOf(" ");
    return { at: parseTime(space < 0 ? part : part.slice(0, space)), text: space < 0 ? "" : part.slice(space + 1).trim() };
  });
  return deeds.sort((a, b) => a.at - b.at);
}

export function deedsText(deeds: readonly Deed[]): string {
  return deeds.map((d) => `${timeText(d.at)} ${d.text}`).join("; ");
}

/** Does something at a moment: what was to be done later is given up, for it belongs to another future. */
export function branch(deeds: string, at: number, ...texts: string[]): string {
  const past = parseDeeds(deeds).filter((d) => d.at <= at);
  return deedsText([...past, ...texts.map((text) => ({ at, text }))]);
}
