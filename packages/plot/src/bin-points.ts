/**
 * Point clouds as pictures: every point counts, in the cell it falls into. Nothing is sampled, so the same points always give
 * the same picture and a single outlier is never lost.
 */
import { BLOCK_ELEMENTS, readBlock, type Samples } from "./samples.ts";
import type { DataRange } from "./scale.ts";

/** Points in memory: x and y interleaved in one array, or in two arrays of equal length. */
export type PointCloud =
  | { readonly kind: "interleaved"; readonly samples: Samples; readonly count: number }
  | { readonly kind: "columns"; readonly x: Float64Array; readonly y: Float64Array; readonly count: number };

export type CloudExtent = {
  /** Of the finite points; `[+∞, -∞]` where there are none. */
  readonly x: DataRange;
  readonly y: DataRange;
  readonly finiteCount: number;
  /** Points with NaN or an infinity in a part. */
  readonly skippedCount: number;
  /** Mean of x² + y² over the finite points; NaN where there are none. */
  readonly meanPower: number;
};

const BLOCK_POINTS = BLOCK_ELEMENTS / 2;

/** The points `first` to `first + count`, interleaved, as float64. `block` may be overwritten. */
function readPoints(cloud: PointCloud, first: number, count: number, block: Float64Array): Float64Array {
  if (cloud.kind === "interleaved") return readBlock(cloud.samples, 2 * first, 2 * (first + count), block);
  for (let i = 0; i < count; i++) {
    block[2 * i] = cloud.x[first + i] as number;
    block[2 * i + 1] = cloud.y[first + i] as number;
  }
  return block;
}

export function measureCloud(cloud: PointCloud): CloudExtent {
  const block = new Float64Array(BLOCK_ELEMENTS);
  const totals: Totals = { xMin: Infinity, xMax: -Infinity, yMin: Infinity, yMax: -Infinity, finiteCount: 0, power: 0 };
  for (let first = 0; first < cloud.count; first += BLOCK_POINTS) {
    const count = Math.min(BLOCK_POINTS, cloud.count - first);
    addToTotals(readPoints(cloud, first, count, block), count, totals);
  }
  const { finiteCount } = totals;
  return {
    x: [totals.xMin, totals.xMax],
    y: [totals.yMin, totals.yMax],
    finiteCount,
    skippedCount: cloud.count - finiteCount,
    meanPower: finiteCount === 0 ? Number.NaN : totals.power / finiteCount,
  };
}

type Totals = { xMin: number; xMax: number; yMin: number; yMax: number; finiteCount: number; power: number };

/** A kernel: works in locals, which stay in registers, and writes back once a block. */
function addToTotals(points: Float64Array, count: number, totals: Totals): void {
  let { xMin, xMax, yMin, yMax, finiteCount, power } = totals;
  for (let i = 0; i < 2 * count; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (!(x >= xMin && x <= xMax && y >= yMin && y <= yMax)) {
      // Here come new extremes, NaN and infinities; the difference of a finite number and itself is 0, of those NaN.
      if (x - x + (y - y) !== 0) continue;
      if (x < xMin) xMin = x;
      if (x > xMax) xMax = x;
      if (y < yMin) yMin = y;
      if (y > yMax) yMax = y;
    }
    power += x * x + y * y;
    finiteCount += 1;
  }
  totals.xMin = xMin;
  totals.xMax = xMax;
  totals.yMin = yMin;
  totals.yMax = yMax;
  totals.finiteCount = finiteCount;
  totals.power = power;
}

export type BinGrid = {
  readonly xRange: DataRange;
  readonly yRange: DataRange;
  readonly columns: number;
  readonly rows: number;
};

/** How many points fell into each cell, row by row; row 0 is the one with the smallest y. Points outside the ranges are not counted. */
export function binPoints(cloud: PointCloud, grid: BinGrid): Uint32Array {
  const counts = new Uint32Array(grid.columns * grid.rows);
  const block = new Float64Array(BLOCK_ELEMENTS);
  for (let first = 0; first < cloud.count; first += BLOCK_POINTS) {
    const count = Math.min(BLOCK_POINTS, cloud.count - first);
    countPoints(readPoints(cloud, first, count, block), count, grid, counts);
  }
  return counts;
}

function countPoints(points: Float64Array, count: number, grid: BinGrid, counts: Uint32Array): void {
  const { columns, rows } = grid;
  const [xLow, xHigh] = grid.xRange;
  const [yLow, yHigh] = grid.yRange;
  // A trifle less than the cells of the range: its upper end, too, belongs to the last cell.
  const columnsPerX = (columns * (1 - 1e-12)) / (xHigh - xLow);
  const rowsPerY = (rows * (1 - 1e-12)) / (yHigh - yLow);
  for (let i = 0; i < 2 * count; i += 2) {
    const x = points[i] as number;
    const y = points[i + 1] as number;
    if (!(x >= xLow && x <= xHigh && y >= yLow && y <= yHigh)) continue;
    const cell = (((y - yLow) * rowsPerY) | 0) * columns + (((x - xLow) * columnsPerX) | 0);
    counts[cell] = (counts[cell] as number) + 1;
  }
}

/** The points inside the ranges with their numbers, or undefined when they are more than `limit`. */
export function pickPoints(
  cloud: PointCloud,
  ranges: { readonly xRange: DataRange; readonly yRange: DataRange },
  limit: number,
): { readonly x: Float64Array; readonly y: Float64Array; readonly index: Uint32Array } | undefined {
  const picked = { x: new Float64Array(limit), y: new Float64Array(limit), index: new Uint32Array(limit), size: 0 };
  const block = new Float64Array(BLOCK_ELEMENTS);
  for (let first = 0; first < cloud.count; first += BLOCK_POINTS) {
    const count = Math.min(BLOCK_POINTS, cloud.count - first);
    const points = readPoints(cloud, first, count, block);
    for (let i = 0; i < count; i++) {
      const x = points[2 * i] as number;
      const y = points[2 * i + 1] as number;
      if (!(x >= ranges.xRange[0] && x <= ranges.xRange[1])) continue;
      if (!(y >= ranges.yRange[0] && y <= ranges.yRange[1])) continue;
      if (picked.size === limit) return undefined;
      picked.x[picked.size] = x;
      picked.y[picked.size] = y;
      picked.index[picked.size] = first + i;
      picked.size += 1;
    }
  }
  const { x, y, index, size } = picked;
  return { x: x.slice(0, size), y: y.slice(0, size), index: index.slice(0, size) };
}

/** Counts as 0 (empty) or 1 to 255, by their logarithm: a lone point and a crowd of thousands are both seen. */
export function logLevels(counts: Uint32Array): { readonly levels: Uint8Array; readonly maxCount: number } {
  let maxCount = 0;
  for (let i = 0; i < counts.length; i++) maxCount = Math.max(maxCount, counts[i] as number);
  const levels = new Uint8Array(counts.length);
  if (maxCount === 0) return { levels, maxCount };
  const table = new Uint8Array(Math.min(maxCount, 4095) + 1);
  const full = Math.log(1 + maxCount);
  for (let count = 1; count < table.length; count++) table[count] = levelOf(count, full);
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i] as number;
    if (count > 0) levels[i] = count < table.length ? (table[count] as number) : levelOf(count, full);
  }
  return { levels, maxCount };
}

function levelOf(count: number, logOfMax: number): number {
  return 1 + Math.round((254 * Math.log(1 + count)) / logOfMax);
}

/** About how many points a level stands for. */
export function countOfLevel(level: number, maxCount: number): number {
  return level === 0 ? 0 : Math.max(1, Math.round(Math.exp(((level - 1) / 254) * Math.log(1 + maxCount)) - 1));
}
