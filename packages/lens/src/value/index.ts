import type { Lens } from "../lens.ts";
import { acceptsValue } from "./accepts.ts";
import { drawValue } from "./draw.ts";
import { projectValue } from "./project.ts";

/** Any value, as text. */
export const valueLens: Lens = {
  id: "value",
  title: "Value",
  accepts: acceptsValue,
  needsHistory: false,
  needsStats: true,
  project: projectValue,
  draw: drawValue,
};
