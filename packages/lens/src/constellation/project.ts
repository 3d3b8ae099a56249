import {
  type BinGrid,
  binPoints,
  type CloudExtent,
  type DataRange,
  logLevels,
  measureCloud,
  type PointCloud,
  pickPoints,
} from "@pyprobe/plot";
import type { ViewRequest } from "@pyprobe/protocol";
import type { LensInput, Projection } from "../lens.ts";
import { planeRanges, squareAround } from "./ranges.ts";

/** Up to so many points are drawn one by one; more become a density picture. */
export const MAX_DISCS = 4096;
/** Cells of the density picture: two device pixels wide, at most so many along a side, so that a packet stays near 100 KB. */
const DEVICE_PX_PER_CELL = 2;
const MAX_CELLS_A_SIDE = 320;

/** Complex numbers in the plane: those of an array, or of a scalar's history. */
export function projectConstellation(input: LensInput, request: ViewRequest): Projection {
  const cloud = cloudOf(input);
  const extent = measureCloud(cloud);
  const square = squareAround(extent.x, extent.y);
  const pinned = { x: request.xRange, y: request.yRange };
  const ranges = planeRanges(square, pinned, request.widthDevicePx / request.heightDevicePx);
  const visible = { xRange: ranges.x, yRange: ranges.y };
  const meta = { ...extentMeta(extent, cloud), source: input.data.kind };
  const step = input.data.kind === "array" ? (input.data.head.step ?? 1) : 1;
  const points = extent.finiteCount === 0 ? noPoints() : pickPoints(cloud, visible, MAX_DISCS);
  const first = input.data.kind === "array" ? 0 : input.history.earlier;
  const shared = { ...meta, indexFrom: first, indexStep: step };
  const stride = step > 1 ? ({ kind: "stride", from: cloud.count * step, to: cloud.count } as const) : null;
  if (points !== undefined) return { columns: points, meta: { ...shared, isDensity: false }, reduction: stride };
  const isPinned = pinned.x !== null || pinned.y !== null;
  const grid = gridOver(isPinned ? ranges : square, request);
  const { levels, maxCount } = logLevels(binPoints(cloud, grid));
  return {
    columns: { levels },
    meta: { ...shared, isDensity: true, maxCount, ...gridMeta(grid) },
    reduction: stride ?? { kind: "density", from: cloud.count, to: grid.columns * grid.rows },
  };
}

function cloudOf({ data, history }: LensInput): PointCloud {
  if (data.kind === "array" && data.isComplex) {
    return { kind: "interleaved", samples: data.elements, count: Math.floor(data.elements.length / 2) };
  }
  if (data.kind === "scalar" && data.isComplex) {
    const { re, im = new Float64Array(re.length) } = history;
    return { kind: "columns", x: re, y: im, count: re.length };
  }
  throw new Error("Cannot show a constellation: the value is not complex");
}

function noPoints(): { x: Float64Array; y: Float64Array; index: Uint32Array } {
  return { x: new Float64Array(0), y: new Float64Array(0), index: new Uint32Array(0) };
}

function extentMeta(extent: CloudExtent, cloud: PointCloud): Record<string, number | null> {
  const hasPoints = extent.finiteCount > 0;
  return {
    xMin: hasPoints ? extent.x[0] : null,
    xMax: hasPoints ? extent.x[1] : null,
    yMin: hasPoints ? extent.y[0] : null,
    yMax: hasPoints ? extent.y[1] : null,
    count: cloud.count,
    skipped: extent.skippedCount,
    meanPower: hasPoints && Number.isFinite(extent.meanPower) ? extent.meanPower : null,
  };
}

function gridOver(ranges: { readonly x: DataRange; readonly y: DataRange }, request: ViewRequest): BinGrid {
  const shorter = Math.min(request.widthDevicePx, request.heightDevicePx);
  const side = Math.max(32, Math.min(MAX_CELLS_A_SIDE, Math.ceil(shorter / DEVICE_PX_PER_CELL)));
  return { xRange: ranges.x, yRange: ranges.y, columns: side, rows: side };
}

function gridMeta({ xRange, yRange, columns, rows }: BinGrid): Record<string, number> {
  return { gridXMin: xRange[0], gridXMax: xRange[1], gridYMin: yRange[0], gridYMax: yRange[1], columns, rows };
}
