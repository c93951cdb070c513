import { format } from "d3-format";
import { lowerBound, type Picture } from "./picture";
import type { State } from "./state";
import type { Theme } from "./theme";

const wordsHeight = 16; // above the chart, so that nothing is drawn over them
const chartHeight = 72; // with the words and the axis
const axisHeight = 16;
const depthTold = 3; // of a mailbox: less is no queue
const faultHeight = 15;
const barWidth = 3; // pixels

/** How high the strip of a picture is: it has a line for each fault that goes on beside others. */
export function stripHeight(p: Picture): number {
  return chartHeight + faultHeight * (p.shades.length > 0 ? 1 + Math.max(...p.shadeSlots) : 0);
}

/** Draws, above the diagram and on its scale of time, messages a second between nodes, the deepest mailbox, and faults. */
export function drawStrip(c: CanvasRenderingContext2D, s: State, theme: Theme, sentBetweenNodes: number[]): void {
  c.clearRect(0, 0, s.width, stripHeight(s.picture));
  const bars = Math.ceil(s.width / barWidth);
  const seconds = (s.x.invert(barWidth) - s.x.invert(0)) / 1e6;
  const rates = new Float64Array(bars);
  const depths = new Int32Array(bars);
  const edges = Array.from({ length: bars + 1 }, (_, i) => s.x.invert(i * barWidth));
  let sent = lowerBound(sentBetweenNodes, edges[0]);
  let event = lowerBound(s.picture.events.at, edges[0]);
  for (let i = 0; i < bars; i++) {
    const next = lowerBound(sentBetweenNodes, edges[i + 1]);
    rates[i] = (next - sent) / seconds;
    sent = next;
    const { at, depth } = s.picture.events;
    for (; event < at.length && at[event] < edges[i + 1]; event++) depths[i] = Math.max(depths[i], depth[event]);
  }
  const room = chartHeight - axisHeight - wordsHeight - 2;
  const foot = chartHeight - axisHeight;
  const rateMax = Math.max(1, ...rates);
  const depthMax = Math.max(1, ...depths);
  c.fillStyle = theme.bar;
  rates.forEach((rate, i) => {
    const height = (rate / rateMax) * room;
    c.fillRect(i * barWidth, foot - height, barWidth - 1, height);
  });
  if (depthMax >= depthTold) {
    c.strokeStyle = theme.depth;
    c.lineWidth = 1.5;
    c.beginPath();
    depths.forEach((depth, i) => {
      const y = foot - (depth / depthMax) * room;
      if (i === 0) c.moveTo(0, y);
      else c.lineTo(i * barWidth, y);
    });
    c.stroke();
  }
  c.font = "11px system-ui, sans-serif";
  c.textBaseline = "top";
  c.fillStyle = theme.text;
  c.fillText(`up to ${format(".3s")(rateMax)} messages/s between nodes (bars), mailboxes up to ${depthMax} deep${depthMax >= depthTold ? " (line)" : ""}`, 4, 2);
  drawAxis(c, s, theme);
  drawFaults(c, s, theme);
}

/** A fault in words, the longest first. */
function faultWords(p: Picture, i: number): string[] {
  const shade = p.shades[i];
  const names = shade.nodes.map((n) => p.nodes[n].name).join(", ");
  return [`${names} ${shade.label}`.trim(), shade.label, shade.kind];
}

/** The fault that is named at a point of the strip, in words; empty if there is none. */
export function faultAt(s: State, x: number, y: number): string {
  const { shades, shadeSlots } = s.picture;
  const slot = Math.floor((y - chartHeight) / faultHeight);
  const i = shades.findIndex((shade, i) => shadeSlots[i] === slot && s.x(shade.from) <= x && x <= Math.max(s.x(shade.to), s.x(shade.from) + 2));
  return i < 0 ? "" : faultWords(s.picture, i)[0];
}

function drawFaults(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  c.textBaseline = "middle";
  s.picture.shades.forEach((shade, i) => {
    const left = Math.max(0, s.x(shade.from));
    const width = Math.max(1, Math.min(s.width, s.x(shade.to)) - left);
    if (s.x(shade.to) < 0 || left > s.width) return;
    const top = chartHeight + s.picture.shadeSlots[i] * faultHeight;
    c.fillStyle = theme.shade[shade.kind] ?? theme.otherShade;
    c.fillRect(left, top, width, faultHeight - 1);
    c.fillStyle = theme.text;
    const fitting = faultWords(s.picture, i).find((words) => c.measureText(words).width + 8 <= width);
    if (fitting) c.fillText(fitting, left + 4, top + faultHeight / 2);
  });
}

function drawAxis(c: CanvasRenderingContext2D, s: State, theme: Theme): void {
  c.fillStyle = theme.faint;
  c.textBaseline = "bottom";
  const ticks = s.x.ticks(Math.max(2, s.width / 120));
  const decimals = ticks.length > 1 ? Math.max(0, Math.ceil(-Math.log10((ticks[1] - ticks[0]) / 1e6))) : 3;
  for (const tick of ticks) {
    c.fillRect(s.x(tick), chartHeight - axisHeight, 1, 4);
    const words = `${(tick / 1e6).toFixed(decimals)} s`;
    if (s.x(tick) + 3 + c.measureText(words).width <= s.width) c.fillText(words, s.x(tick) + 3, chartHeight);
  }
}

/** When messages went from one node to another, in ascending order. */
export function betweenNodes(p: Picture): number[] {
  const { from, to, sent } = p.hops;
  return sent.filter((_, i) => p.laneNode[from[i]] !== p.laneNode[to[i]]);
}
