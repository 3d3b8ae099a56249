/** Ticks with their labels for the three kinds of axis: plain numbers, counts (sample, capture) and time. Pure text and numbers. */
import {
  decimalExponent,
  formatClock,
  formatCount,
  formatFixed,
  formatNumber,
  formatPowerOfTen,
  formatTime,
  siPrefix,
} from "./format-number.ts";
import type { DataRange } from "./scale.ts";
import { multiple, niceStep, type TickStep, tickMultiples, tickStep } from "./ticks.ts";

export type Tick = { readonly value: number; readonly label: string };

export type AxisTicks = {
  readonly ticks: readonly Tick[];
  /** What all labels have in common: `×10⁻⁶`, `1 000 000 +`. Null when the labels stand for themselves. */
  readonly note: string | null;
};

/** Makes the ticks of a range with at most about `maxCount` intervals. */
export type TickMaker = (range: DataRange, maxCount: number) => AxisTicks;

/** Longest label without its sign; the gutter of the y axis is made for it, so that it can have one width for all data. */
export const MAX_LABEL_DIGITS = 6;

/** Plain numbers: `−0.5`, `1200`; very large and small ones with a common power of ten, close neighbours far from 0 with a common offset. */
export const numberTicks: TickMaker = (range, maxCount) => {
  const step = niceStep(spanOf(range), maxCount);
  const multiples = tickMultiples(range, step);
  const plain = scaledLabels(multiples, step);
  if (plain.longest <= MAX_LABEL_DIGITS) return plain.axis;
  const offset = commonOffset(multiples, step);
  const shifted = scaledLabels(
    multiples.map((times) => times - offset.times),
    step,
  );
  const note = [`${formatOffset(offset.value)} +`, shifted.axis.note].filter((part) => part !== null).join(" ");
  return { ticks: withValues(shifted.axis.ticks, multiples, step), note };
};

/** Whole numbers: `0`, `200k`, `1.5M`, and `1 234 567` where neighbours differ in the last digits. */
export const countTicks: TickMaker = (range, maxCount) => {
  const wanted = niceStep(spanOf(range), maxCount);
  const step = wanted.exponent < 0 ? tickStep(1, 0) : wanted;
  const multiples = tickMultiples(range, step);
  const largest = Math.max(0, ...multiples.map((times) => Math.abs(multiple(step, times))));
  const exponent = largest < 1e4 ? 0 : Math.min(15, 3 * Math.floor(decimalExponent(largest) / 3));
  const decimals = Math.max(0, exponent - step.exponent);
  const ticks = multiples.map((times) => {
    const value = multiple(step, times);
    if (value === 0) return { value: 0, label: "0" };
    if (exponent === 0 || decimals > 2) return { value, label: formatCount(value) };
    const scaled = multiple({ mantissa: step.mantissa, exponent: step.exponent - exponent }, times);
    return { value, label: `${formatFixed(scaled, decimals)}${siPrefix(exponent) ?? ""}` };
  });
  return { ticks, note: null };
};

/** Seconds: `0 s`, `250 µs`, `1.5 s`, `2:30`. */
export const timeTicks: TickMaker = (range, maxCount) => {
  const span = spanOf(range);
  const largest = Math.max(Math.abs(range[0]), Math.abs(range[1]));
  if (largest >= 120 && span / maxCount > 0.1) return clockTicks(range, maxCount);
  const step = niceStep(span, maxCount);
  const multiples = tickMultiples(range, step);
  const isClose = largest / step.size >= 1e5;
  const offset = isClose ? commonOffset(multiples, step) : { times: 0, value: 0 };
  const shifted = multiples.map((times) => times - offset.times);
  const top = Math.max(0, ...shifted.map((times) => Math.abs(multiple(step, times))));
  const exponent = top === 0 ? 0 : Math.max(-12, Math.min(0, 3 * Math.floor(decimalExponent(top) / 3)));
  const decimals = Math.max(0, exponent - step.exponent);
  const unit = `${siPrefix(exponent) ?? ""}s`;
  const ticks = shifted.map((times, i) => {
    const scaled = multiple({ mantissa: step.mantissa, exponent: step.exponent - exponent }, times);
    const label = times === 0 ? "0 s" : `${formatFixed(scaled, decimals)} ${unit}`;
    return { value: multiple(step, multiples[i] ?? 0), label: isClose && times > 0 ? `+${label}` : label };
  });
  return { ticks, note: isClose ? `${formatOffsetTime(offset.value)} +` : null };
};

/** Nobody counts minutes in tens of 2 or 5 hundreds of seconds. */
const CLOCK_STEPS_S = [
  0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400,
];

function clockTicks(range: DataRange, maxCount: number): AxisTicks {
  const rough = spanOf(range) / maxCount;
  const found = CLOCK_STEPS_S.find((candidate) => candidate >= rough * (1 - 1e-9));
  const seconds = found ?? 86400 * niceStep(rough / 86400, 1).size;
  const decimals = seconds < 1 ? 1 : 0;
  const step = decimals === 1 ? tickStep(Math.round(seconds * 10), -1) : tickStep(seconds, 0);
  const ticks = tickMultiples(range, step).map((times) => {
    const value = multiple(step, times);
    return { value, label: value === 0 ? "0 s" : formatClock(value, decimals) };
  });
  return { ticks, note: null };
}

function spanOf([low, high]: DataRange): number {
  return Math.min(Number.MAX_VALUE, high - low);
}

function scaledLabels(multiples: readonly number[], step: TickStep): { axis: AxisTicks; longest: number } {
  const largest = Math.max(0, ...multiples.map((times) => Math.abs(multiple(step, times))));
  const isPlain = largest === 0 || (largest >= 0.01 && largest < 1e5);
  const exponent = isPlain ? 0 : 3 * Math.floor(decimalExponent(largest) / 3);
  const decimals = Math.max(0, exponent - step.exponent);
  const ticks = multiples.map((times) => {
    const scaled = multiple({ mantissa: step.mantissa, exponent: step.exponent - exponent }, times);
    return { value: multiple(step, times), label: times === 0 ? "0" : formatFixed(scaled, decimals) };
  });
  const longest = Math.max(0, ...ticks.map(({ label }) => label.replace(/[^\d]/g, "").length));
  return { axis: { ticks, note: exponent === 0 ? null : formatPowerOfTen(exponent) }, longest };
}

/** The round number nearest to the middle of the ticks that they can be counted from: a multiple of the power of ten above their span. */
function commonOffset(multiples: readonly number[], step: TickStep): { times: number; value: number } {
  const first = multiples[0] ?? 0;
  const last = multiples[multiples.length - 1] ?? 0;
  const stepsPerTen = 10 / step.mantissa;
  let round = stepsPerTen;
  while (round < last - first) round *= 10;
  const times = Math.round((first / 2 + last / 2) / round) * round;
  return { times, value: multiple(step, times) };
}

function withValues(ticks: readonly Tick[], multiples: readonly number[], step: TickStep): Tick[] {
  return ticks.map(({ label }, i) => ({ value: multiple(step, multiples[i] ?? 0), label }));
}

function formatOffset(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? formatCount(value) : formatNumber(value, { digits: 15 });
}

function formatOffsetTime(seconds: number): string {
  return formatTime(seconds, { digits: 12 });
}
