import {
  countTicks,
  type DataRange,
  drawMessage,
  formatCount,
  formatNumber,
  formatTime,
  numberTicks,
  padRange,
  timeTicks,
} from "@pyprobe/plot";
import type { ViewPacket } from "@pyprobe/protocol";
import { booleanRange, booleanTicks } from "../chart/boolean-axis.ts";
import { type ChartLine, drawLineChart } from "../chart/draw-line-chart.ts";
import { readLines } from "../chart/line-columns.ts";
import { emptyMessage, gapNotes } from "../chart/notes.ts";
import { linesWithOverlays } from "../chart/overlay-lines.ts";
import { seriesColors } from "../chart/series-colors.ts";
import type { Canvas2d, PlotFrame, Viewport } from "../lens.ts";
import { metaFlag, metaNumber, metaRange, metaText } from "../packet-reader.ts";
import { beginDrawing, surfaceOf } from "../surface-of.ts";

export function drawHistory(canvas: Canvas2d, packet: ViewPacket, viewport: Viewport): PlotFrame | null {
  const surface = surfaceOf(canvas, viewport);
  if (!beginDrawing(surface, packet)) return null;
  if (metaNumber(packet, "captures", 0) === 0) {
    drawMessage(surface, "No scalar captured by this probe");
    return null;
  }
  const isTime = metaFlag(packet, "isTime");
  const auto = historyRanges(packet);
  return drawLineChart(surface, viewport, {
    lines: linesWithOverlays(packet, viewport, chartLines),
    xRange: viewport.xRange ?? auto.x,
    yRange: viewport.yRange ?? auto.y,
    x: isTime
      ? { ticks: timeTicks, title: "time", format: (x) => formatTime(x, { digits: 7 }) }
      : { ticks: countTicks, title: "capture", format: (x) => `#${formatCount(x)}` },
    y: metaFlag(packet, "isStepped") ? booleanTicks : { ticks: numberTicks },
    message: emptyMessage(packet),
    notes: notesOf(packet),
  });
}

/** What the axes show while the user has pinned nothing: everything, the newest capture at the right edge. */
function historyRanges(packet: ViewPacket): { readonly x: DataRange; readonly y: DataRange } {
  const [first, last] = metaRange(packet, "x") ?? [0, 1];
  const y = metaRange(packet, "y");
  return {
    x: first < last ? [first, last] : [first - 0.5, last + 0.5],
    y: metaFlag(packet, "isStepped") ? booleanRange : padRange(y?.[0] ?? Number.NaN, y?.[1] ?? Number.NaN),
  };
}

function chartLines(packet: ViewPacket, viewport: Viewport): ChartLine[] {
  const lines = readLines(packet, metaNumber(packet, "xFrom", 0), metaNumber(packet, "xStep", 1));
  const colors = seriesColors(viewport.colors, lines.length);
  const isStepped = metaFlag(packet, "isStepped");
  return lines.map((points, i) => ({
    label: i === 0 ? "re" : "im",
    points,
    style: { color: colors[i] ?? viewport.colors.series, isStepped },
  }));
}

function notesOf(packet: ViewPacket): string[] {
  const earlier = metaNumber(packet, "earlier", 0);
  const notes = gapNotes(packet);
  if (metaFlag(packet, "isRounded"))
    notes.push(`beyond 2⁵³: drawn rounded; newest is ${shortened(metaText(packet, "newest") ?? "")}`);
  if (earlier > 0) notes.push(`${formatCount(earlier)} earlier captures are gone`);
  return notes;
}

function shortened(digits: string): string {
  return digits.length <= 24
    ? digits
    : `${digits.slice(0, 12)}…${digits.slice(-6)} (${formatNumber(digits.length)} digits)`;
}
