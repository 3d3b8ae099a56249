/**
 * What can be said of all elements of an array in one pass. Elements are taken in blocks as float64, so that the kernels see one
 * array class; a block with numbers that are not finite is gone through again with care, which keeps the common loop short
 * enough for its sums to stay in registers (5 times faster on a million elements).
 */
import type { Elements } from "@pyprobe/lens";
import { BLOCK_ELEMENTS, readBlock } from "@pyprobe/plot";

/** Over the finite elements; of complex numbers `min`, `max` and `rms` are of the magnitude. */
export type ElementStats = {
  readonly finite: number;
  readonly nan: number;
  readonly infinite: number;
  /** Meaningless when `finite` is 0. */
  readonly min: number | bigint;
  readonly max: number | bigint;
  readonly mean: number;
  /** The mean's imaginary part; 0 of real numbers. */
  readonly meanIm: number;
  readonly rms: number;
};

type Tally = { finite: number; nan: number; min: number; max: number; sum: number; sumIm: number; squares: number };

/** `notATime`: whether the smallest int64 stands for "not a time", as in datetime64; it counts as NaN then. */
export function elementStats(elements: Elements, options: { isComplex: boolean; notATime?: boolean }): ElementStats {
  const isBig = elements instanceof BigInt64Array || elements instanceof BigUint64Array;
  const tally: Tally = { finite: 0, nan: 0, min: Infinity, max: -Infinity, sum: 0, sumIm: 0, squares: 0 };
  const block = new Float64Array(Math.min(BLOCK_ELEMENTS, elements.length));
  for (let from = 0; from < elements.length; from += BLOCK_ELEMENTS) {
    const to = Math.min(elements.length, from + BLOCK_ELEMENTS);
    const values = readBlock(elements, from, to, block).subarray(0, to - from);
    if (isBig && options.notATime === true) maskNotATime(values);
    if (options.isComplex) addComplexBlock(tally, values);
    else addRealBlock(tally, values);
  }
  const stats = finished(tally, elements.length / (options.isComplex ? 2 : 1));
  if (stats.finite === 0) return stats;
  if (options.isComplex) return { ...stats, min: Math.sqrt(tally.min), max: Math.sqrt(tally.max) };
  if (isBig) return { ...stats, ...exactExtremes(elements, tally) };
  const hasOverflown = !(Number.isFinite(tally.sum) && Number.isFinite(tally.squares));
  return hasOverflown ? { ...stats, ...scaledMeans(elements, tally) } : stats;
}

function maskNotATime(values: Float64Array): void {
  for (let i = 0; i < values.length; i += 1) if (values[i] === -(2 ** 63)) values[i] = Number.NaN;
}

/** Doubles tell ints apart up to 2^53; beyond, those that are equal to an extreme as doubles are compared as they are. */
function exactExtremes(elements: BigInt64Array | BigUint64Array, { min, max }: Tally): { min: bigint; max: bigint } {
  if (Number.isSafeInteger(min) && Number.isSafeInteger(max)) return { min: BigInt(min), max: BigInt(max) };
  const low = new Uint32Array(elements.buffer, elements.byteOffset, elements.length * 2);
  const high = elements instanceof BigInt64Array ? new Int32Array(low.buffer, low.byteOffset, low.length) : low;
  let [least, most]: (bigint | undefined)[] = [];
  for (let i = 0; i < elements.length; i += 1) {
    const x = (high[2 * i + 1] ?? 0) * 2 ** 32 + (low[2 * i] ?? 0);
    if (x !== min && x !== max) continue;
    const element = elements[i] ?? 0n;
    if (x === min && (least === undefined || element < least)) least = element;
    if (x === max && (most === undefined || element > most)) most = element;
  }
  return { min: least ?? BigInt(min), max: most ?? BigInt(max) };
}

function addRealBlock(tally: Tally, values: Float64Array): void {
  let [min, max, sum, squares] = [Infinity, -Infinity, 0, 0];
  for (let i = 0; i < values.length; i += 1) {
    const x = values[i] ?? 0;
    sum += x;
    squares += x * x;
    min = Math.min(min, x);
    max = Math.max(max, x);
  }
  if (!Number.isFinite(sum)) {
    addUnevenBlock(tally, values);
    return;
  }
  tally.finite += values.length;
  tally.sum += sum;
  tally.squares += squares;
  tally.min = Math.min(tally.min, min);
  tally.max = Math.max(tally.max, max);
}

/** A block with NaN or infinities in it, or with numbers whose sum is beyond float64. */
function addUnevenBlock(tally: Tally, values: Float64Array): void {
  for (const x of values) {
    if (Number.isNaN(x)) tally.nan += 1;
    if (!Number.isFinite(x)) continue;
    tally.finite += 1;
    tally.sum += x;
    tally.squares += x * x;
    tally.min = Math.min(tally.min, x);
    tally.max = Math.max(tally.max, x);
  }
}

/** `min` and `max` are of the squared magnitude here. */
function addComplexBlock(tally: Tally, values: Float64Array): void {
  let [min, max, sum, sumIm, squares] = [Infinity, -Infinity, 0, 0, 0];
  for (let i = 0; i < values.length; i += 2) {
    const re = values[i] ?? 0;
    const im = values[i + 1] ?? 0;
    const power = re * re + im * im;
    sum += re;
    sumIm += im;
    squares += power;
    min = Math.min(min, power);
    max = Math.max(max, power);
  }
  if (!Number.isFinite(squares)) {
    addUnevenComplexBlock(tally, values);
    return;
  }
  tally.finite += values.length / 2;
  tally.sum += sum;
  tally.sumIm += sumIm;
  tally.squares += squares;
  tally.min = Math.min(tally.min, min);
  tally.max = Math.max(tally.max, max);
}

function addUnevenComplexBlock(tally: Tally, values: Float64Array): void {
  for (let i = 0; i < values.length; i += 2) {
    const re = values[i] ?? 0;
    const im = values[i + 1] ?? 0;
    if (Number.isNaN(re) || Number.isNaN(im)) tally.nan += 1;
    if (!Number.isFinite(re) || !Number.isFinite(im)) continue;
    const power = re * re + im * im;
    tally.finite += 1;
    tally.sum += re;
    tally.sumIm += im;
    tally.squares += power;
    tally.min = Math.min(tally.min, power);
    tally.max = Math.max(tally.max, power);
  }
}

/** Mean and rms where their sums overflow. */
function scaledMeans(elements: Iterable<number>, { min, max, finite }: Tally): { mean: number; rms: number } {
  const scale = Math.max(Math.abs(min), Math.abs(max));
  let sum = 0;
  let squares = 0;
  for (const x of elements) {
    if (!Number.isFinite(x)) continue;
    sum += x / scale;
    squares += (x / scale) ** 2;
  }
  return { mean: (sum / finite) * scale, rms: Math.sqrt(squares / finite) * scale };
}

function finished({ finite, nan, min, max, sum, sumIm, squares }: Tally, length: number): ElementStats {
  const count = Math.max(1, finite);
  const infinite = length - finite - nan;
  return { finite, nan, infinite, min, max, mean: sum / count, meanIm: sumIm / count, rms: Math.sqrt(squares / count) };
}
