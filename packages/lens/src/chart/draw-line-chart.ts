import {
  type BoxLine,
  createScale,
  type DataRange,
  decimalExponent,
  drawAxes,
  drawAxisNote,
  drawCrosshair,
  drawLegend,
  drawLine,
  drawMessage,
  drawNotes,
  formatFixed,
  formatNumber,
  isInside,
  type LegendEntry,
  type LineStyle,
  layoutPlot,
  type PlotArea,
  type PlottedLine,
  type Scale,
  type Surface,
  type TickMaker,
} from "@pyprobe/plot";
import type { PlotFrame, Viewport } from "../lens.ts";
import { findNearest, lowerBound } from "./snap.ts";

export type ChartLine = { readonly label: string; readonly points: PlottedLine; readonly style: LineStyle };

export type LineChart = {
  readonly lines: readonly ChartLine[];
  readonly xRange: DataRange;
  readonly yRange: DataRange;
  readonly x: { readonly ticks: TickMaker; readonly title: string | null; readonly format: (x: number) => string };
  readonly y: { readonly ticks: TickMaker; readonly format?: (y: number) => string };
  /** Said in the middle of the plot where there is no line to see. */
  readonly message: string | null;
  /** Facts that the picture alone would hide, one a line. */
  readonly notes: readonly string[];
};

/** Axes, lines, legend, notes and, under the pointer, the crosshair on the nearest sample. */
export function drawLineChart(surface: Surface, viewport: Viewport, chart: LineChart): PlotFrame {
  const area = layoutPlot(viewport.widthCssPx, viewport.heightCssPx);
  const scales = {
    x: createScale(chart.xRange, area.leftCssPx, area.leftCssPx + area.widthCssPx),
    y: createScale(chart.yRange, area.topCssPx + area.heightCssPx, area.topCssPx),
  };
  const { yNote } = drawAxes(surface, area, scales, { x: chart.x, y: { ticks: chart.y.ticks, title: null } });
  for (const { points, style } of chart.lines) drawLine(surface, area, scales, points, style);
  if (chart.message !== null) drawMessage(surface, chart.message, area);
  const isPointed = viewport.pointer !== null && isInside(area, viewport.pointer);
  if (area.hasAxes) {
    drawAxisNote(surface, area, yNote);
    drawNotes(surface, area, chart.notes);
    // The read-out names the lines itself.
    if (!isPointed && !isNamedAround(chart, viewport)) drawLegend(surface, area, legendOf(chart.lines));
  }
  return {
    leftCssPx: area.leftCssPx,
    topCssPx: area.topCssPx,
    widthCssPx: area.widthCssPx,
    heightCssPx: area.heightCssPx,
    xRange: chart.xRange,
    yRange: chart.yRange,
    readout: drawReadout(surface, area, scales, { chart, pointer: viewport.pointer }),
    isReadoutDrawn: area.hasAxes,
  };
}

/** The page shows the names and colours of series that are laid over each other; only lines of one series need names here as well. */
function isNamedAround({ lines }: LineChart, { overlays }: Viewport): boolean {
  return overlays !== undefined && overlays.others.length > 0 && lines.length === 1 + overlays.others.length;
}

/** All lines, or the ends of a long row of them: their colours are in order. */
function legendOf(lines: readonly ChartLine[]): LegendEntry[] {
  if (lines.length < 2) return [];
  const shown = lines.length <= 4 ? lines : lines.filter((_, i) => i === 0 || i === lines.length - 1);
  return shown.map(({ label, style }) => ({ label, ...style }));
}

function drawReadout(
  surface: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  { chart, pointer }: { readonly chart: LineChart; readonly pointer: Viewport["pointer"] },
): string | null {
  if (pointer === null || !isInside(area, pointer)) return null;
  const target = findNearest(
    chart.lines.map(({ points }) => points),
    scales,
    pointer,
  );
  const main = target && chart.lines[target.line];
  if (target === undefined || main === undefined) return null;
  const xData = main.points.xData(target.point);
  const format = chart.y.format ?? ((y: number) => formatNear(y, chart.yRange));
  const values: BoxLine[] = [];
  const rings: { xCssPx: number; yCssPx: number; color: string }[] = [];
  for (const line of chart.lines) {
    const i = line === main ? target.point : lowerBound(line.points, xData);
    if (i >= line.points.length || line.points.xData(i) !== xData) continue;
    const yData = line.points.yData(i);
    const { color } = line.style;
    values.push(chart.lines.length > 1 ? { text: `${line.label} ${format(yData)}`, color } : { text: format(yData) });
    const yCssPx = clampTo(area, scales.y.toPx(yData));
    rings.push({ xCssPx: scales.x.toPx(xData), yCssPx, color });
  }
  const where = chart.x.format(xData);
  if (area.hasAxes) drawCrosshair(surface, area, rings, [{ text: where }, ...values]);
  return [where, ...values.map(({ text }) => text)].join("  ");
}

/** With as many digits as tell neighbours in the range apart, which may be far from 0. */
function formatNear(value: number, [low, high]: DataRange): string {
  const span = high - low;
  if (!Number.isFinite(value) || !Number.isFinite(span) || span <= 0) return formatNumber(value);
  const digits = Math.min(17, decimalExponent(value) - decimalExponent(span) + 5);
  if (digits <= 6) return formatNumber(value);
  const decimals = digits - 1 - decimalExponent(value);
  const isPlain = Math.abs(value) < 1e15 && decimals <= 12;
  return isPlain ? formatFixed(value, decimals) : formatNumber(value, { digits });
}

function clampTo(area: PlotArea, yCssPx: number): number {
  return Math.max(area.topCssPx, Math.min(area.topCssPx + area.heightCssPx, yCssPx));
}
