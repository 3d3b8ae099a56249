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

/** Calls `visit` with runs of interleaved float64 points; `first` is the number of the run's first point. */
function forEachBlock(cloud: PointCloud, visit: (points: Float64Array, count: number, first: number) => void): void {
  const block = new Float64Array(BLOCK_ELEMENTS);
  for (let first = 0; first < cloud.count; first += BLOCK_POINTS) {
    const count = Math.min(BLOCK_POINTS, cloud.count - first);
    if (cloud.kind === "interleaved") {
      visit(readBlock(cloud.samples, 2 * first, 2 * (first + count), block), count, first);
      continue;
    }
    for (let i = 0; i < count; i++) {
      block[2 * i] = cloud.x[first + i] ?? Number.NaN;
      block[2 * i + 1] = cloud.y[first + i] ?? Number.NaN;
    }
    visit(block, count, first);
  }
}

export function measureCloud(cloud: PointCloud): CloudExtent {
  let [xMin, xMax, yMin, yMax] = [Infinity, -Infinity, Infinity, -Infinity];
  let finiteCount = 0;
  let power = 0;
  forEachBlock(cloud, (points, count) => {
    for (let i = 0; i < 2 * count; i += 2) {
      const x = points[i] as number;
      const y = points[i + 1] as number;
      // The difference of a finite number and itself is 0, of all others NaN.
      if (x - x + (y - y) !== 0) continue;
      if (x < xMin) xMin = x;
      if (x > xMax) xMax = x;
      if (y < yMin) yMin = y;
      if (y > yMax) yMax = y;
      power += x * x + y * y;
      finiteCount += 1;
    }
  });
  return {
    x: [xMin, xMax],
    y: [yMin, yMax],
    finiteCount,
    skippedCount: cloud.count - finiteCount,
    meanPower: finiteCount === 0 ? Number.NaN : power / finiteCount,
  };
}

export type BinGrid = {
  readonly xRange: DataRange;
  readonly yRange: DataRange;
  readonly columns: number;
  readonly rows: number;
};

/** How many points fell into each cell, row by row; row 0 is the one with the smallest y. Points outside the ranges are not counted. */
export function binPoints(cloud: PointCloud, grid: BinGrid): Uint32Array {
  const { columns, rows } = grid;
  const counts = new Uint32Array(columns * rows);
  const [xLow, xHigh] = grid.xRange;
  const [yLow, yHigh] = grid.yRange;
  const xPerCell = columns / (xHigh - xLow);
  const yPerCell = rows / (yHigh - yLow);
  forEachBlock(cloud, (points, count) => {
    for (let i = 0; i < 2 * count; i += 2) {
      const x = points[i] as number;
      const y = points[i + 1] as number;
      if (!(x >= xLow && x <= xHigh && y >= yLow && y <= yHigh)) continue;
      let column = ((x - xLow) * xPerCell) | 0;
      let row = ((y - yLow) * yPerCell) | 0;
      // The upper ends belong to the last cell.
      if (column >= columns) column = columns - 1;
      if (row >= rows) row = rows - 1;
      const cell = row * columns + column;
      counts[cell] = (counts[cell] as number) + 1;
    }
  });
  return counts;
}

/** The points inside the ranges with their numbers, or undefined when they are more than `limit`. */
export function pickPoints(
  cloud: PointCloud,
  ranges: { readonly xRange: DataRange; readonly yRange: DataRange },
  limit: number,
): { readonly x: Float64Array; readonly y: Float64Array; readonly index: Uint32Array } | undefined {
  const x = new Float64Array(limit);
  const y = new Float64Array(limit);
  const index = new Uint32Array(limit);
  const [xLow, xHigh] = ranges.xRange;
  const [yLow, yHigh] = ranges.yRange;
  let found = 0;
  forEachBlock(cloud, (points, count, first) => {
    for (let i = 0; i < count && found <= limit; i++) {
      const xData = points[2 * i] as number;
      const yData = points[2 * i + 1] as number;
      if (!(xData >= xLow && xData <= xHigh && yData >= yLow && yData <= yHigh)) continue;
      x[found] = xData;
      y[found] = yData;
      index[found] = first + i;
      found += 1;
    }
  });
  if (found > limit) return undefined;
  return { x: x.slice(0, found), y: y.slice(0, found), index: index.slice(0, found) };
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
