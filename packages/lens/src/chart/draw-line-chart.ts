import {
  createScale,
  type DataRange,
  drawAxes,
  drawCrosshair,
  drawLegend,
  drawLine,
  drawNotes,
  formatNumber,
  isInside,
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
  drawAxes(surface, area, scales, { x: chart.x, y: { ticks: chart.y.ticks, title: null } });
  for (const { points, style } of chart.lines) drawLine(surface, area, scales, points, style);
  if (area.hasAxes) {
    drawNotes(surface, area, chart.notes);
    if (chart.lines.length > 1) {
      drawLegend(
        surface,
        area,
        chart.lines.map(({ label, style }) => ({ label, ...style })),
      );
    }
  }
  return {
    leftCssPx: area.leftCssPx,
    topCssPx: area.topCssPx,
    widthCssPx: area.widthCssPx,
    heightCssPx: area.heightCssPx,
    xRange: chart.xRange,
    yRange: chart.yRange,
    readout: drawReadout(surface, area, scales, { chart, pointer: viewport.pointer }),
  };
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
  const format = chart.y.format ?? formatNumber;
  const values: string[] = [];
  const rings: { xCssPx: number; yCssPx: number; color: string }[] = [];
  for (const line of [main, ...chart.lines.filter((other) => other !== main)]) {
    const i = line === main ? target.point : lowerBound(line.points, xData);
    if (i >= line.points.length || line.points.xData(i) !== xData) continue;
    const yData = line.points.yData(i);
    values.push(chart.lines.length > 1 ? `${line.label} ${format(yData)}` : format(yData));
    const yCssPx = clampTo(area, scales.y.toPx(yData));
    rings.push({ xCssPx: scales.x.toPx(xData), yCssPx, color: line.style.color });
  }
  const where = chart.x.format(xData);
  if (area.hasAxes) drawCrosshair(surface, area, rings, [where, ...values.slice(0, 8)]);
  return `${where}  ${values.join("  ")}`;
}

function clampTo(area: PlotArea, yCssPx: number): number {
  return Math.max(area.topCssPx, Math.min(area.topCssPx + area.heightCssPx, yCssPx));
}
