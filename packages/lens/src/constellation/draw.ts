import {
  type BinGrid,
  createScale,
  crisp,
  drawAxes,
  drawAxisNote,
  drawDensity,
  drawMessage,
  drawNotes,
  drawPoints,
  formatCount,
  formatFixed,
  layoutPlot,
  numberTicks,
  type PlotArea,
  type PlottedPoints,
  type Surface,
  setFont,
} from "@pyprobe/plot";
import type { ViewPacket } from "@pyprobe/protocol";
import type { Canvas2d, PlotFrame, Viewport } from "../lens.ts";
import { getColumn, metaFlag, metaNumber, metaRange } from "../packet-reader.ts";
import { beginDrawing, surfaceOf } from "../surface-of.ts";
import { type PlaneRanges, planeRanges, squareAround } from "./ranges.ts";
import { drawPlaneReadout, type Plane } from "./readout.ts";

export function drawConstellation(canvas: Canvas2d, packet: ViewPacket, viewport: Viewport): PlotFrame | null {
  const surface = surfaceOf(canvas, viewport);
  if (!beginDrawing(surface, packet)) return null;
  const count = metaNumber(packet, "count", 0);
  if (count === 0) {
    drawMessage(surface, "Empty array");
    return null;
  }
  const area = layoutPlot(viewport.widthCssPx, viewport.heightCssPx);
  const plane = planeOf(packet, viewport, area);
  const { scales } = plane;
  const { yNote } = drawAxes(surface, area, scales, {
    x: { ticks: numberTicks, title: "I" },
    y: { ticks: numberTicks, title: "Q" },
  });
  drawOrigin(surface, area, plane);
  if (plane.density !== undefined) drawDensity(surface, area, scales, plane.density);
  else {
    drawTrail(surface, area, plane, viewport);
    drawPoints(surface, area, scales, plane.points, { color: viewport.colors.series });
  }
  if (area.hasAxes) {
    drawAxisNote(surface, area, yNote);
    drawNotes(surface, area, fittingNotes(surface, area, packet));
  }
  return {
    leftCssPx: area.leftCssPx,
    topCssPx: area.topCssPx,
    widthCssPx: area.widthCssPx,
    heightCssPx: area.heightCssPx,
    xRange: scales.x.range,
    yRange: scales.y.range,
    ...drawPlaneReadout(surface, area, plane, viewport.pointer),
  };
}

/** The square that the axes show, with more on its longer side, while the user has pinned nothing. */
function constellationSquare(packet: ViewPacket): PlaneRanges {
  return squareAround(metaRange(packet, "x") ?? [0, Infinity], metaRange(packet, "y") ?? [0, Infinity]);
}

function planeOf(packet: ViewPacket, viewport: Viewport, area: PlotArea): Plane {
  const pinned = { x: viewport.xRange, y: viewport.yRange };
  const ranges = planeRanges(constellationSquare(packet), pinned, area.widthCssPx / area.heightCssPx);
  const scales = {
    x: createScale(ranges.x, area.leftCssPx, area.leftCssPx + area.widthCssPx),
    y: createScale(ranges.y, area.topCssPx + area.heightCssPx, area.topCssPx),
  };
  const isDensity = metaFlag(packet, "isDensity");
  const shared = {
    scales,
    indexFrom: metaNumber(packet, "indexFrom", 0),
    indexStep: metaNumber(packet, "indexStep", 1),
    maxCount: metaNumber(packet, "maxCount", 0),
  };
  if (!isDensity) return { ...shared, points: pointsOf(packet), index: getColumn(packet, "index"), density: undefined };
  const levels = getColumn(packet, "levels");
  if (!(levels instanceof Uint8Array)) throw new Error("Cannot draw constellation: its levels are not bytes");
  return { ...shared, points: NO_POINTS, index: new Uint32Array(0), density: { levels, grid: gridOf(packet) } };
}

const NO_POINTS: PlottedPoints = { length: 0, xData: () => Number.NaN, yData: () => Number.NaN };

function pointsOf(packet: ViewPacket): PlottedPoints {
  const x = getColumn(packet, "x");
  const y = getColumn(packet, "y");
  return { length: x.length, xData: (i) => x[i] ?? Number.NaN, yData: (i) => y[i] ?? Number.NaN };
}

function gridOf(packet: ViewPacket): BinGrid {
  return {
    xRange: metaRange(packet, "gridX") ?? [-1, 1],
    yRange: metaRange(packet, "gridY") ?? [-1, 1],
    columns: metaNumber(packet, "columns", 1),
    rows: metaNumber(packet, "rows", 1),
  };
}

/** So many points of earlier captures at most: they must not cost more than the newest. */
const MAX_TRAIL_POINTS = 1024;
/** Each capture before the newest is so many times fainter than the one after it. */
const FADING = 2.2;

/** The afterglow: how the cloud came to where it is. The oldest first, so that the newest lies on top. */
function drawTrail(surface: Surface, area: PlotArea, { scales }: Plane, { trail = [], colors }: Viewport): void {
  const fitting: PlottedPoints[] = [];
  let count = 0;
  for (const packet of trail) {
    if (metaFlag(packet, "isDensity")) break;
    const points = pointsOf(packet);
    count += points.length;
    if (count > MAX_TRAIL_POINTS) break;
    fitting.push(points);
  }
  for (const [age, points] of [...fitting.entries()].reverse())
    drawPoints(surface, area, scales, points, { color: colors.series, faintness: FADING ** (age + 1) });
}

/** The axes through 0, a little stronger than the grid. */
function drawOrigin({ canvas, colors, devicePixelRatio }: Surface, area: PlotArea, { scales }: Plane): void {
  const x = crisp(scales.x.toPx(0), devicePixelRatio);
  const y = crisp(scales.y.toPx(0), devicePixelRatio);
  canvas.beginPath();
  if (x > area.leftCssPx && x < area.leftCssPx + area.widthCssPx) {
    canvas.moveTo(x, area.topCssPx);
    canvas.lineTo(x, area.topCssPx + area.heightCssPx);
  }
  if (y > area.topCssPx && y < area.topCssPx + area.heightCssPx) {
    canvas.moveTo(area.leftCssPx, y);
    canvas.lineTo(area.leftCssPx + area.widthCssPx, y);
  }
  canvas.strokeStyle = colors.axis;
  canvas.lineWidth = 1 / devicePixelRatio;
  canvas.stroke();
}

/** From this height on there is room for a line of text below the cloud. */
const HIGH_CSS_PX = 200;

/** Notes hide no symbols: on a low plot they stand beside the square that the cloud fills, as far as they fit there. */
function fittingNotes(surface: Surface, area: PlotArea, packet: ViewPacket): string[] {
  const { heightCssPx: height, widthCssPx: width } = area;
  const room = height < HIGH_CSS_PX ? (width - height) / 2 - 8 : width;
  setFont(surface, area.fontSizeCssPx);
  const fits = (text: string) => surface.canvas.measureText(text).width <= room;
  return notesOf(packet).flatMap((wordings) => wordings.find(fits) ?? []);
}

/** Each in its wordings, the longest first. */
function notesOf(packet: ViewPacket): readonly (readonly string[])[] {
  const count = metaNumber(packet, "count", 0);
  const skipped = metaNumber(packet, "skipped", 0);
  const power = packet.head.meta.meanPower;
  const symbols = `${formatCount(count)} ${count === 1 ? "symbol" : "symbols"}`;
  const level = typeof power === "number" && power > 0 ? formatFixed(10 * Math.log10(power), 1) : null;
  const notes = [
    level === null ? [symbols] : [`${symbols}, mean power ${level} dB`, `${symbols}, ${level} dB`, symbols],
  ];
  if (skipped > 0) notes.push([`${formatCount(skipped)} NaN or infinite, not drawn`, `${formatCount(skipped)} NaN`]);
  return notes;
}
