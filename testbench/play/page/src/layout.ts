import type { Film } from "./film";

export const circleMax = 60; // nodes that stand on one circle; more stand in groups

export interface Group {
  x: number;
  y: number;
  radius: number;
  from: number; // the first of its nodes
  to: number; // after the last
}

/** Where everything stands, in a square from -1 to 1. */
export interface Layout {
  x: Float64Array; // by name: nodes, clients, services
  y: Float64Array;
  radius: number; // of a node
  groups: Group[]; // empty where the nodes stand on a circle
}

export function layoutOf(film: Film): Layout {
  const all = film.names.length;
  const layout: Layout = { x: new Float64Array(all), y: new Float64Array(all), radius: 0, groups: [] };
  if (film.nodes <= circleMax) onCircle(film, layout);
  else inGroups(film, layout);
  besides(film, layout);
  return layout;
}

function onCircle(film: Film, l: Layout): void {
  const ring = film.nodes === 1 ? 0 : 0.86;
  for (let i = 0; i < film.nodes; i++) {
    const angle = -Math.PI / 2 + (2 * Math.PI * i) / film.nodes;
    l.x[i] = ring * Math.cos(angle);
    l.y[i] = ring * Math.sin(angle);
  }
  l.radius = Math.min(0.13, (0.36 * ring * 2 * Math.PI) / Math.max(3, film.nodes));
}

/** Groups of nodes that follow each other, spread as the seeds of a sunflower are; so are the nodes of a group. */
function inGroups(film: Film, l: Layout): void {
  const size = Math.ceil(Math.sqrt(film.nodes));
  const many = Math.ceil(film.nodes / size);
  const radius = 0.78 / Math.sqrt(many);
  for (let g = 0; g < many; g++) {
    const [x, y] = seed(g, many, 0.95 - radius);
    const group: Group = { x, y, radius: radius * 0.92, from: g * size, to: Math.min(film.nodes, (g + 1) * size) };
    l.groups.push(group);
    for (let i = group.from; i < group.to; i++) {
      const [dx, dy] = seed(i - group.from, group.to - group.from, group.radius * 0.82);
      l.x[i] = x + dx;
      l.y[i] = y + dy;
    }
  }
  l.radius = (radius / Math.sqrt(size)) * 0.5;
}

function seed(i: number, of: number, radius: number): [number, number] {
  const turn = i * Math.PI * (3 - Math.sqrt(5));
  const far = radius * Math.sqrt((i + 0.5) / of);
  return [far * Math.cos(turn), far * Math.sin(turn)];
}

/** Clients stand outside of their node, services in the middle. */
function besides(film: Film, l: Layout): void {
  const services: number[] = [];
  for (let i = film.nodes; i < film.names.length; i++) {
    const home = film.home[i];
    if (home < 0) {
      services.push(i);
      continue;
    }
    const far = Math.hypot(l.x[home], l.y[home]) || 1;
    const out = l.groups.length > 0 ? 1 : 1 + (2 * l.radius) / far;
    l.x[i] = l.x[home] * out;
    l.y[i] = l.y[home] * out + (film.nodes === 1 ? 0.4 : 0);
  }
  services.forEach((i, k) => {
    l.x[i] = 0.16 * (k - (services.length - 1) / 2);
    l.y[i] = film.nodes === 1 ? -0.5 : 0;
  });
}
