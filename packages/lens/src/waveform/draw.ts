import { countTicks, type DataRange, drawMessage, formatCount, numberTicks, padRange } from "@pyprobe/plot";
import type { ViewPacket } from "@pyprobe/protocol";
import { booleanRange, booleanTicks } from "../chart/boolean-axis.ts";
import { type ChartLine, drawLineChart } from "../chart/draw-line-chart.ts";
import { readLines } from "../chart/line-columns.ts";
import { emptyMessage, gapNotes } from "../chart/notes.ts";
import { linesWithOverlays } from "../chart/overlay-lines.ts";
import { seriesColors } from "../chart/series-colors.ts";
import type { Canvas2d, PlotFrame, Viewport } from "../lens.ts";
import { metaFlag, metaNumber, metaRange } from "../packet-reader.ts";
import { beginDrawing, surfaceOf } from "../surface-of.ts";

export function drawWaveform(canvas: Canvas2d, packet: ViewPacket, viewport: Viewport): PlotFrame | null {
  const surface = surfaceOf(canvas, viewport);
  if (!beginDrawing(surface, packet)) return null;
  if (metaNumber(packet, "samplesPerRow", 0) === 0 || metaNumber(packet, "rowsTotal", 0) === 0) {
    drawMessage(surface, `Empty array${shapeText(packet)}`);
    return null;
  }
  const isBoolean = metaFlag(packet, "isStepped");
  const auto = waveformRanges(packet);
  return drawLineChart(surface, viewport, {
    lines: linesWithOverlays(packet, viewport, chartLines),
    xRange: viewport.xRange ?? auto.x,
    yRange: viewport.yRange ?? auto.y,
    x: { ticks: countTicks, title: "sample", format: (x) => `[${formatCount(x)}]` },
    y: isBoolean ? booleanTicks : { ticks: numberTicks },
    message: emptyMessage(packet),
    notes: notesOf(packet),
  });
}

/** What the axes show while the user has pinned nothing. */
function waveformRanges(packet: ViewPacket): { readonly x: DataRange; readonly y: DataRange } {
  const x = metaRange(packet, "x") ?? [0, 1];
  const y = metaRange(packet, "y");
  const yRange: DataRange = metaFlag(packet, "isStepped")
    ? booleanRange
    : padRange(y?.[0] ?? Number.NaN, y?.[1] ?? Number.NaN);
  return { x: x[0] < x[1] ? x : [x[0] - 0.5, x[1] + 0.5], y: yRange };
}

function chartLines(packet: ViewPacket, viewport: Viewport): ChartLine[] {
  const isComplex = metaFlag(packet, "isComplex");
  const isStepped = metaFlag(packet, "isStepped");
  const lines = readLines(packet, metaNumber(packet, "xFrom", 0), metaNumber(packet, "xStep", 1));
  const rows = metaNumber(packet, "rows", 1);
  const colors = seriesColors(viewport.colors, isComplex && rows === 1 ? 2 : rows);
  const hasRows = metaNumber(packet, "rowsTotal", 1) > 1;
  return lines.map((points, i) => {
    const row = isComplex ? Math.floor(i / 2) : i;
    const part = isComplex ? (i % 2 === 0 ? "I" : "Q") : "";
    const label = hasRows ? `row ${row} ${part}`.trimEnd() : part;
    const color = colors[hasRows ? row : i] ?? viewport.colors.series;
    return { label, points, style: { color, isStepped, ...(hasRows && part === "Q" && { dash: [4, 3] }) } };
  });
}

function notesOf(packet: ViewPacket): string[] {
  const rows = metaNumber(packet, "rows", 1);
  const rowsTotal = metaNumber(packet, "rowsTotal", 1);
  const hidden = rows < rowsTotal ? [`first ${rows} of ${formatCount(rowsTotal)} rows`] : [];
  return [...gapNotes(packet), ...hidden];
}

function shapeText(packet: ViewPacket): string {
  const { value } = packet.head;
  return value?.kind === "array"
    ? `: shape (${value.shape.join(", ")}${value.shape.length === 1 ? "," : ""}), ${value.dtype}`
    : "";
}
