/** Numbers to plot, in any element type a capture can have. Never written to: they may be shared with the engine. */
export type Samples =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | Uint8Array
  | Uint16Array
  | Uint32Array
  | BigInt64Array
  | BigUint64Array;

/** One series inside `samples`: element `offset + i * stride` is its sample `i`. Stride 2 picks a part of interleaved complex numbers. */
export type SeriesSlice = {
  readonly samples: Samples;
  readonly offset: number;
  readonly stride: number;
  readonly count: number;
  /** A faster way to find extremes among these samples, where there is one. */
  readonly findExtremes?: ExtremesFinder | undefined;
};

/** The extremes of some samples and where the first of each is. Written over and over: no allocation per pixel column. */
export type Extremes = { min: number; max: number; minIndex: number; maxIndex: number; hasNan: boolean };

/**
 * Looks at elements `start` to `end` of an array, at least one, and writes what it found; indices are those of the array. `hasNan` may also
 * be said of infinities, and then the rest means nothing.
 */
export type ExtremesFinder = (start: number, end: number, found: Extremes) => void;

/** Elements read at a time: 32 KB as float64, so that a block stays in the first-level cache. */
export const BLOCK_ELEMENTS = 4096;

/**
 * Elements `from` to `to` as float64. The kernels see this one array class only, which keeps V8's element access
 * monomorphic (a kernel shared by five classes was measured 4 times slower); float64 is passed through without a copy.
 * `block` is overwritten and must hold `to - from` elements.
 */
export function readBlock(samples: Samples, from: number, to: number, block: Float64Array): Float64Array {
  if (samples instanceof Float64Array) return samples.subarray(from, to);
  if (samples instanceof BigInt64Array || samples instanceof BigUint64Array) readBigBlock(samples, from, to, block);
  else block.set(samples.subarray(from, to));
  return block;
}

/** 64-bit integers as the nearest float64, from their two 32-bit halves: making a BigInt of each would be 30 times slower. */
function readBigBlock(samples: BigInt64Array | BigUint64Array, from: number, to: number, block: Float64Array): void {
  const byteOffset = samples.byteOffset + 8 * from;
  const low = new Uint32Array(samples.buffer, byteOffset, 2 * (to - from));
  const high = samples instanceof BigInt64Array ? new Int32Array(samples.buffer, byteOffset, low.length) : low;
  for (let i = 0; i < to - from; i++) block[i] = (high[2 * i + 1] ?? 0) * 4294967296 + (low[2 * i] ?? 0);
}

/** Samples `from` to `to` of one series as a float64 array of their own. */
export function copySamples(slice: SeriesSlice, from: number, to: number): Float64Array {
  const target = new Float64Array(Math.max(0, to - from));
  const block = new Float64Array(BLOCK_ELEMENTS);
  const samplesPerBlock = Math.floor(BLOCK_ELEMENTS / slice.stride);
  for (let start = from; start < to; start += samplesPerBlock) {
    const end = Math.min(to, start + samplesPerBlock);
    const first = slice.offset + start * slice.stride;
    const last = slice.offset + (end - 1) * slice.stride + 1;
    const values = readBlock(slice.samples, first, last, block);
    for (let i = start; i < end; i++) target[i - from] = values[(i - start) * slice.stride] ?? Number.NaN;
  }
  return target;
}
