import type { Lens } from "../lens.ts";
import { acceptsWaveform } from "./accepts.ts";
import { drawWaveform } from "./draw.ts";
import { projectWaveform } from "./project.ts";

/** An array over its sample numbers. */
export const waveformLens: Lens = {
  id: "waveform",
  title: "Waveform",
  accepts: acceptsWaveform,
  needsHistory: false,
  needsStats: false,
  project: projectWaveform,
  draw: drawWaveform,
};
