/** Colours, as the style sheet has them for light and dark. */
export interface Theme {
  text: string;
  page: string;
  faint: string;
  line: string;
  band: string;
  shade: Record<string, string>; // of faults
  otherShade: string;
  lost: string;
  ring: string;
  bar: string;
  depth: string;
  types: string[];
  otherType: string;
}

const typeColours = 10;
const faults = ["partition", "loss", "duplicate", "reorder", "latency", "kill", "pause", "skew", "disk", "membership"];

export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    text: get("text"), page: get("page"), faint: get("faint"), line: get("line"), band: get("band"),
    shade: Object.fromEntries(faults.map((name) => [name, get(name)])),
    otherShade: get("other"),
    lost: get("lost"), ring: get("ring"), bar: get("bar"), depth: get("depth"),
    types: Array.from({ length: typeColours }, (_, i) => get(`type-${i}`)),
    otherType: get("type-other"),
  };
}

export function typeColour(theme: Theme, rank: number): string {
  return theme.types[rank] ?? theme.otherType;
}
