import type { Lens } from "../lens.ts";
import { acceptsConstellation } from "./accepts.ts";
import { drawConstellation } from "./draw.ts";
import { projectConstellation } from "./project.ts";

/** Complex numbers in the plane. */
export const constellationLens: Lens = {
  id: "constellation",
  title: "Constellation",
  accepts: acceptsConstellation,
  needsHistory: true,
  needsStats: false,
  project: projectConstellation,
  draw: drawConstellation,
};
