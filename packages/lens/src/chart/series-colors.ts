import { ordinalColor, type PlotColors } from "@pyprobe/plot";

/** Colours of `count` lines of one panel: its two series colours; for more, which then are rows in order, a ramp. */
export function seriesColors(colors: PlotColors, count: number): string[] {
  if (count <= 2) return [colors.series, colors.seriesAlternate].slice(0, count);
  return Array.from({ length: count }, (_, i) => ordinalColor(i / (count - 1), colors.background));
}
