import { mixColors, type PlotColors } from "@pyprobe/plot";

/** Colours of `count` lines: the two series colours, and evenly between them for more. */
export function seriesColors(colors: PlotColors, count: number): string[] {
  if (count <= 1) return [colors.series];
  return Array.from({ length: count }, (_, i) => mixColors(colors.series, colors.seriesAlternate, i / (count - 1)));
}
