import type { Lens } from "../lens.ts";
import { acceptsConstellation } from "./accepts.ts";
import { constellationSquare, drawConstellation } from "./draw.ts";
import { projectConstellation } from "./project.ts";

/** Complex numbers in the plane. */
export const constellationLens: Lens = {
  id: "constellation",
  title: "Constellation",
  accepts: acceptsConstellation,
  needsHistory: true,
  project: projectConstellation,
  wantedYRange: (packet) => constellationSquare(packet).y,
  draw: drawConstellation,
};
