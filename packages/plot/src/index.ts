export { type AxisTicks, countTicks, numberTicks, type Tick, type TickMaker, timeTicks } from "./axis-ticks.ts";
export {
  type BinGrid,
  binPoints,
  type CloudExtent,
  countOfLevel,
  logLevels,
  measureCloud,
  type PointCloud,
  pickPoints,
} from "./bin-points.ts";
export { luminance, parseColor, type Rgb } from "./color.ts";
export { densityPalette, ordinalColor } from "./color-ramp.ts";
export { decimateLine, type LinePoints, type LineSummary, RAW_SAMPLES_PER_COLUMN, summarize } from "./decimate-line.ts";
export { type AxisOptions, drawAxes, drawAxisNote } from "./draw-axes.ts";
export { type BoxLine, drawBox, drawCrosshair, drawMarker, type SnapPoint } from "./draw-crosshair.ts";
export { drawDensity } from "./draw-density.ts";
export { drawLine, type LineStyle } from "./draw-line.ts";
export { drawPoints } from "./draw-points.ts";
export { drawLegend, drawMessage, drawNotes, type LegendEntry, wrapText } from "./draw-text.ts";
export { type Envelope, traceEnvelope } from "./envelope.ts";
export {
  decimalExponent,
  formatClock,
  formatCount,
  formatFixed,
  formatNumber,
  formatPowerOfTen,
  formatSi,
  formatTime,
} from "./format-number.ts";
export { isInside, layoutPlot, type PlotArea } from "./layout.ts";
export type { PlottedLine, PlottedPoints } from "./plotted.ts";
export {
  BLOCK_ELEMENTS,
  copySamples,
  type Extremes,
  type ExtremesFinder,
  readBlock,
  type Samples,
  type SeriesSlice,
} from "./samples.ts";
export { createScale, type DataRange, isNarrow, padRange, type Scale } from "./scale.ts";
export {
  type Canvas2d,
  clear,
  clipText,
  crisp,
  fillHaloText,
  type PlotColors,
  type Surface,
  setFont,
} from "./surface.ts";
export { multiple, niceStep, type TickStep, tickMultiples, tickStep } from "./ticks.ts";
