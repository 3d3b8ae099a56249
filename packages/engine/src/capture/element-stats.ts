/**
 * What can be said of all elements of an array in one pass. The kernels are written out per family of element types: one
 * loop over every typed array would be megamorphic, which costs about ten times as much on a million elements.
 */
import type { Elements } from "@pyprobe/lens";

/** Over the finite elements; of complex numbers `min`, `max` and `rms` are of the magnitude. */
export type ElementStats = {
  readonly finite: number;
  readonly nan: number;
  /** Meaningless when `finite` is 0. */
  readonly min: number | bigint;
  readonly max: number | bigint;
  readonly mean: number;
  /** The mean's imaginary part; 0 of real numbers. */
  readonly meanIm: number;
  readonly rms: number;
};

type Tally = { finite: number; nan: number; min: number; max: number; sum: number; sumIm: number; squares: number };

/** `notATime`: whether the smallest int64 stands for "not a time", as in datetime64. */
export function elementStats(elements: Elements, options: { isComplex: boolean; notATime?: boolean }): ElementStats {
  if (elements instanceof BigInt64Array) return int64Stats(elements, { notATime: options.notATime ?? false });
  if (elements instanceof BigUint64Array) return uint64Stats(elements);
  if (elements instanceof Float32Array || elements instanceof Float64Array) {
    return options.isComplex ? complexStats(elements) : realStats(elements);
  }
  if (elements instanceof Int8Array || elements instanceof Int16Array || elements instanceof Int32Array) {
    return finished(signedTally(elements));
  }
  return finished(unsignedTally(elements));
}

function realStats(elements: Float32Array | Float64Array): ElementStats {
  const tally = emptyTally();
  let { finite, nan, min, max, sum, squares } = tally;
  for (let i = 0; i < elements.length; i += 1) {
    const x = elements[i] ?? 0;
    // x - x is 0 for finite numbers only.
    if (x - x === 0) {
      finite += 1;
      sum += x;
      squares += x * x;
      if (x < min) min = x;
      if (x > max) max = x;
    } else if (Number.isNaN(x)) nan += 1;
  }
  const whole = finished({ ...tally, finite, nan, min, max, sum, squares });
  return Number.isFinite(sum) && Number.isFinite(squares) ? whole : { ...whole, ...scaledMeans(elements, whole) };
}

/** Mean and rms where their sums overflow. */
function scaledMeans(elements: Float32Array | Float64Array, stats: ElementStats): { mean: number; rms: number } {
  const scale = Math.max(Math.abs(Number(stats.min)), Math.abs(Number(stats.max)));
  let sum = 0;
  let squares = 0;
  for (const x of elements) {
    if (!Number.isFinite(x)) continue;
    sum += x / scale;
    squares += (x / scale) ** 2;
  }
  return { mean: (sum / stats.finite) * scale, rms: Math.sqrt(squares / stats.finite) * scale };
}

function complexStats(elements: Float32Array | Float64Array): ElementStats {
  const tally = emptyTally();
  let { finite, nan, min, max, sum, sumIm, squares } = tally;
  for (let i = 0; i + 1 < elements.length; i += 2) {
    const re = elements[i] ?? 0;
    const im = elements[i + 1] ?? 0;
    if (re - re === 0 && im - im === 0) {
      const power = re * re + im * im;
      finite += 1;
      sum += re;
      sumIm += im;
      squares += power;
      if (power < min) min = power;
      if (power > max) max = power;
    } else if (Number.isNaN(re) || Number.isNaN(im)) nan += 1;
  }
  const stats = finished({ ...tally, finite, nan, min, max, sum, sumIm, squares });
  return { ...stats, min: Math.sqrt(min), max: Math.sqrt(max) };
}

function signedTally(elements: Int8Array | Int16Array | Int32Array): Tally {
  let { min, max, sum, squares } = emptyTally();
  for (let i = 0; i < elements.length; i += 1) {
    const x = elements[i] ?? 0;
    sum += x;
    squares += x * x;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { ...emptyTally(), finite: elements.length, min, max, sum, squares };
}

function unsignedTally(elements: Uint8Array | Uint16Array | Uint32Array): Tally {
  let { min, max, sum, squares } = emptyTally();
  for (let i = 0; i < elements.length; i += 1) {
    const x = elements[i] ?? 0;
    sum += x;
    squares += x * x;
    if (x < min) min = x;
    if (x > max) max = x;
  }
  return { ...emptyTally(), finite: elements.length, min, max, sum, squares };
}

/** By halves: comparing and adding a million bigints would take 50 ms. The extremes are exact, the sums are doubles. */
function int64Stats(elements: BigInt64Array, options: { notATime: boolean }): ElementStats {
  const high = new Int32Array(elements.buffer, elements.byteOffset, elements.length * 2);
  const low = new Uint32Array(elements.buffer, elements.byteOffset, elements.length * 2);
  const { notATime } = options;
  const tally = emptyTally();
  let { finite, nan, sum, squares } = tally;
  let [least, most] = [-1, -1];
  for (let i = 0; i < low.length; i += 2) {
    const upper = high[i + 1] ?? 0;
    const lower = low[i] ?? 0;
    if (notATime && upper === -0x80000000 && lower === 0) {
      nan += 1;
      continue;
    }
    const x = upper * 4294967296 + lower;
    finite += 1;
    sum += x;
    squares += x * x;
    if (least < 0 || isBelow(upper, lower, high[least + 1] ?? 0, low[least] ?? 0)) least = i;
    if (most < 0 || isBelow(high[most + 1] ?? 0, low[most] ?? 0, upper, lower)) most = i;
  }
  const stats = finished({ ...tally, finite, nan, sum, squares });
  return { ...stats, min: elements[least / 2] ?? 0n, max: elements[most / 2] ?? 0n };
}

function uint64Stats(elements: BigUint64Array): ElementStats {
  const words = new Uint32Array(elements.buffer, elements.byteOffset, elements.length * 2);
  let [sum, squares, least, most] = [0, 0, 0, 0];
  for (let i = 0; i < words.length; i += 2) {
    const upper = words[i + 1] ?? 0;
    const lower = words[i] ?? 0;
    const x = upper * 4294967296 + lower;
    sum += x;
    squares += x * x;
    if (isBelow(upper, lower, words[least + 1] ?? 0, words[least] ?? 0)) least = i;
    if (isBelow(words[most + 1] ?? 0, words[most] ?? 0, upper, lower)) most = i;
  }
  const stats = finished({ ...emptyTally(), finite: elements.length, sum, squares });
  return { ...stats, min: elements[least / 2] ?? 0n, max: elements[most / 2] ?? 0n };
}

function isBelow(upper: number, lower: number, otherUpper: number, otherLower: number): boolean {
  return upper < otherUpper || (upper === otherUpper && lower < otherLower);
}

function emptyTally(): Tally {
  return { finite: 0, nan: 0, min: Infinity, max: -Infinity, sum: 0, sumIm: 0, squares: 0 };
}

function finished({ finite, nan, min, max, sum, sumIm, squares }: Tally): ElementStats {
  const count = Math.max(1, finite);
  return { finite, nan, min, max, mean: sum / count, meanIm: sumIm / count, rms: Math.sqrt(squares / count) };
}
