/**
 * Makes a line drawable: of the samples in each pixel column it keeps the first, the last and both extremes ("M4", Jugel et al., VLDB 2014),
 * so the picture is that of all samples. What is kept are samples with their own index, never averages.
 *
 * NaN breaks the line: a bucket with NaN keeps its first and its last NaN as a break. Infinities are kept, one of each sign a bucket.
 */
import { Landmarks } from "./landmarks.ts";
import { BLOCK_ELEMENTS, copySamples, type Extremes, readBlock, type SeriesSlice } from "./samples.ts";

/** Up to this many samples a column are kept as they are: thinning them would not make them fewer. */
export const RAW_SAMPLES_PER_COLUMN = 4;
const POINTS_PER_BUCKET = 8;

export type LinePoints = {
  /** Sample numbers, counted from `from`; strictly increasing. */
  readonly index: Uint32Array;
  /** The samples themselves. NaN is a break. */
  readonly value: Float64Array;
  /** The sample that `index` 0 stands for. */
  readonly from: number;
  readonly isDecimated: boolean;
  readonly summary: LineSummary;
};

/** Of all samples that were looked at, kept or not. `min` and `max` are of the finite ones: +∞ and -∞ where there are none. */
export type LineSummary = {
  readonly min: number;
  readonly max: number;
  readonly count: number;
  readonly nanCount: number;
  readonly infiniteCount: number;
};

/**
 * The samples `from` to `to` (clipped to the series) as points for about `columnCount` pixel columns.
 * Samples are taken as equally spaced; `edges`, if given, says which sample starts each column instead (ascending, one more than columns).
 */
export function decimateLine(
  slice: SeriesSlice,
  options: {
    readonly from: number;
    readonly to: number;
    readonly columnCount: number;
    readonly edges?: Uint32Array;
  },
): LinePoints {
  const from = Math.max(0, Math.min(slice.count, Math.floor(options.from)));
  const to = Math.max(from, Math.min(slice.count, Math.ceil(options.to)));
  const columnCount = Math.max(1, Math.floor(options.columnCount));
  if (to - from <= RAW_SAMPLES_PER_COLUMN * columnCount) return rawLine(slice, from, to);
  const scan = new LineScan(slice, from);
  if (options.edges === undefined) {
    // Product before quotient: whole numbers stay exact, so that the last column ends at `to`, not one beyond.
    const edge = (column: number) => from + Math.ceil((column * (to - from)) / columnCount);
    for (let column = 0; column < columnCount; column++) scan.addBucket(edge(column), edge(column + 1));
  } else {
    for (let column = 0; column + 1 < options.edges.length; column++) {
      scan.addBucket(Math.max(from, options.edges[column] ?? to), Math.min(to, options.edges[column + 1] ?? to));
    }
  }
  return scan.finish(to - from);
}

function rawLine(slice: SeriesSlice, from: number, to: number): LinePoints {
  const value = copySamples(slice, from, to);
  const index = new Uint32Array(value.length);
  for (let i = 0; i < index.length; i++) index[i] = i;
  return { index, value, from, isDecimated: false, summary: summarize(value) };
}

/** Counts and extremes of numbers that are at hand as float64. */
export function summarize(values: Float64Array): LineSummary {
  let min = Infinity;
  let max = -Infinity;
  let nanCount = 0;
  let infiniteCount = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i] ?? Number.NaN;
    if (Number.isNaN(v)) nanCount += 1;
    else if (v === Infinity || v === -Infinity) infiniteCount += 1;
    else {
      if (v < min) min = v;
      if (v > max) max = v;
    }
  }
  return { min, max, count: values.length, nanCount, infiniteCount };
}

/**
 * The kernel. Looks at `values[start], values[start + stride], …` below `end` and widens `extremes`; indices found are `i + shift`.
 * One test passes an ordinary value; only new extremes and NaN go on.
 */
function scanExtremes(
  values: Float64Array,
  start: number,
  end: number,
  stride: number,
  shift: number,
  extremes: Extremes,
): void {
  let { min, max, minIndex, maxIndex, hasNan } = extremes;
  for (let i = start; i < end; i += stride) {
    const v = values[i] as number;
    if (v >= min && v <= max) continue;
    if (v < min) {
      min = v;
      minIndex = i + shift;
    }
    if (v > max) {
      max = v;
      maxIndex = i + shift;
    } else if (Number.isNaN(v)) hasNan = true;
  }
  extremes.min = min;
  extremes.max = max;
  extremes.minIndex = minIndex;
  extremes.maxIndex = maxIndex;
  extremes.hasNan = hasNan;
}

/** Owns the points of one line while they are collected, bucket after bucket. */
class LineScan {
  readonly #slice: SeriesSlice;
  readonly #from: number;
  readonly #block = new Float64Array(BLOCK_ELEMENTS);
  readonly #landmarks = new Landmarks();
  readonly #extremes: Extremes = { min: 0, max: 0, minIndex: -1, maxIndex: -1, hasNan: false };
  #index = new Uint32Array(1024);
  #value = new Float64Array(1024);
  #size = 0;
  #min = Infinity;
  #max = -Infinity;
  #nanCount = 0;
  #infiniteCount = 0;

  constructor(slice: SeriesSlice, from: number) {
    this.#slice = slice;
    this.#from = from;
  }

  addBucket(start: number, end: number): void {
    if (end <= start) return;
    const extremes = this.#scan(start, end);
    const isOrdinary = !extremes.hasNan && extremes.min !== -Infinity && extremes.max !== Infinity;
    if (!isOrdinary) {
      this.#addBucketWithGaps(start, end);
      return;
    }
    this.#widen(extremes.min, extremes.max);
    const low = Math.min(extremes.minIndex, extremes.maxIndex);
    const high = Math.max(extremes.minIndex, extremes.maxIndex);
    this.#reserve();
    this.#addPoint(start);
    if (low > start && low < end - 1) this.#addPoint(low);
    if (high > low && high > start && high < end - 1) this.#addPoint(high);
    if (end - 1 > start) this.#addPoint(end - 1);
  }

  finish(count: number): LinePoints {
    return {
      index: this.#index.slice(0, this.#size),
      value: this.#value.slice(0, this.#size),
      from: this.#from,
      isDecimated: true,
      summary: {
        min: this.#min,
        max: this.#max,
        count,
        nanCount: this.#nanCount,
        infiniteCount: this.#infiniteCount,
      },
    };
  }

  #scan(start: number, end: number): Extremes {
    const { samples, offset, stride, findExtremes } = this.#slice;
    const extremes = this.#extremes;
    if (findExtremes !== undefined && stride === 1) {
      findExtremes(offset + start, offset + end, extremes);
      extremes.minIndex -= offset;
      extremes.maxIndex -= offset;
      return extremes;
    }
    extremes.min = Infinity;
    extremes.max = -Infinity;
    extremes.minIndex = start;
    extremes.maxIndex = start;
    extremes.hasNan = false;
    if (samples instanceof Float64Array && stride === 1) {
      scanExtremes(samples, offset + start, offset + end, 1, -offset, extremes);
      return extremes;
    }
    const samplesPerBlock = Math.floor(BLOCK_ELEMENTS / stride);
    for (let from = start; from < end; from += samplesPerBlock) {
      const to = Math.min(end, from + samplesPerBlock);
      const first = offset + from * stride;
      const elements = (to - from - 1) * stride + 1;
      const values = readBlock(samples, first, first + elements, this.#block);
      if (stride === 1) scanExtremes(values, 0, elements, 1, from, extremes);
      else this.#scanStrided(values, elements, from);
    }
    return extremes;
  }

  /** The kernel counts in elements; a strided series needs samples. Extremes of this block are found apart and merged. */
  #scanStrided(values: Float64Array, elements: number, from: number): void {
    const { stride } = this.#slice;
    const extremes = this.#extremes;
    const { minIndex, maxIndex } = extremes;
    extremes.minIndex = -1;
    extremes.maxIndex = -1;
    scanExtremes(values, 0, elements, stride, 0, extremes);
    extremes.minIndex = extremes.minIndex < 0 ? minIndex : from + extremes.minIndex / stride;
    extremes.maxIndex = extremes.maxIndex < 0 ? maxIndex : from + extremes.maxIndex / stride;
  }

  /** The slow path, for buckets with NaN or infinities: the same bounds, found one by one, and where the line breaks. */
  #addBucketWithGaps(start: number, end: number): void {
    const { samples, offset, stride } = this.#slice;
    const marks = this.#landmarks;
    marks.clear();
    const samplesPerBlock = Math.floor(BLOCK_ELEMENTS / stride);
    for (let from = start; from < end; from += samplesPerBlock) {
      const to = Math.min(end, from + samplesPerBlock);
      const first = offset + from * stride;
      const elements = (to - from - 1) * stride + 1;
      marks.add(readBlock(samples, first, first + elements, this.#block), elements, stride, from);
    }
    this.#nanCount += marks.nanCount;
    this.#infiniteCount += marks.infiniteCount;
    this.#widen(marks.min, marks.max);
    this.#reserve();
    for (const sample of marks.positions()) this.#addPoint(sample);
  }

  #widen(min: number, max: number): void {
    if (min < this.#min) this.#min = min;
    if (max > this.#max) this.#max = max;
  }

  #addPoint(sample: number): void {
    const { samples, offset, stride } = this.#slice;
    this.#push(sample, Number(samples[offset + sample * stride]));
  }

  #push(sample: number, value: number): void {
    this.#index[this.#size] = sample - this.#from;
    this.#value[this.#size] = value;
    this.#size += 1;
  }

  #reserve(): void {
    if (this.#size + POINTS_PER_BUCKET <= this.#index.length) return;
    const index = new Uint32Array(2 * this.#index.length);
    const value = new Float64Array(index.length);
    index.set(this.#index);
    value.set(this.#value);
    this.#index = index;
    this.#value = value;
  }
}
