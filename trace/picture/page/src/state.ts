import type { ScaleLinear } from "d3-scale";
import type { Light } from "./causality";
import type { Lanes } from "./lanes";
import type { Picture } from "./picture";
import type { Found } from "./search";

/** What is looked at, and how. */
export interface State {
  readonly picture: Picture;
  readonly lanes: Lanes;
  x: ScaleLinear<number, number>; // µs to pixels of the diagram
  top: number; // how far it is scrolled down, in pixels
  width: number;
  height: number;
  readonly hiddenTypes: Set<number>;
  light: Light | null;
  found: Found;
  at: number; // of what was found, which one is shown
  follow: boolean; // what was found is drawn, and the rest only just
  moving: boolean; // by hand, so that a frame must be quick
}
