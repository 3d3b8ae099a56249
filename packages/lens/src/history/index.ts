import type { Lens } from "../lens.ts";
import { acceptsHistory } from "./accepts.ts";
import { drawHistory } from "./draw.ts";
import { projectHistory } from "./project.ts";

/** How a scalar went over the captures of its probe. */
export const historyLens: Lens = {
  id: "history",
  title: "Scalar history",
  accepts: acceptsHistory,
  needsHistory: true,
  needsStats: false,
  project: projectHistory,
  draw: drawHistory,
};
