export { formatBrief, formatFloat, formatScalar, formatShape } from "./format-value.ts";
export type {
  Canvas2d,
  CapturedData,
  Elements,
  Lens,
  LensInput,
  Overlays,
  PlotFrame,
  Projection,
  ScalarHistory,
  Viewport,
} from "./lens.ts";
export { findLens, type LensChoice, lenses, lensesFor } from "./registry.ts";
