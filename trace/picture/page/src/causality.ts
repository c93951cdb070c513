import type { Picture } from "./picture";

/** The messages that led to one, and those that it led to. */
export interface Light {
  message: number; // -1: none of those that are lit
  past: number[]; // the nearest first
  future: number[]; // in the order in which they spread
  lit: Uint8Array; // by message: 1 past, 2 itself, 3 future, 4 carries the same value
}

/** Follows a message. Where a value waits for a timer no cause leads on, so those that carry it may be named. */
export function light(p: Picture, message: number, carriers: readonly number[]): Light {
  const lit = new Uint8Array(p.messages.id.length);
  const past: number[] = [];
  for (let m = p.messages.cause[message]; m >= 0 && !lit[m]; m = p.messages.cause[m]) {
    lit[m] = 1;
    past.push(m);
  }
  lit[message] = 2;
  const future: number[] = [];
  const spread = [message];
  for (let i = 0; i < spread.length; i++) {
    for (const m of effectsOf(p, spread[i])) {
      if (lit[m]) continue;
      lit[m] = 3;
      future.push(m);
      spread.push(m);
    }
  }
  for (const m of carriers) if (!lit[m]) lit[m] = 4;
  return { message, past, future, lit };
}

/** Lights what was found and one message of it, or none (-1), and nothing else. */
export function spotlight(p: Picture, message: number, found: readonly number[]): Light {
  const lit = new Uint8Array(p.messages.id.length);
  for (const m of found) lit[m] = 4;
  const led = message >= 0 ? light(p, message, []) : { past: [], future: [] };
  if (message >= 0) lit[message] = 2;
  return { message, past: led.past, future: led.future, lit };
}

export function effectsOf(p: Picture, message: number): Int32Array {
  return p.effects.subarray(p.effectsFrom[message], p.effectsFrom[message + 1]);
}

export function hopsOf(p: Picture, message: number): Int32Array {
  return p.hopsOf.subarray(p.hopsFrom[message], p.hopsFrom[message + 1]);
}
