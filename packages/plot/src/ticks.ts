import { decimalExponent } from "./format-number.ts";
import { type DataRange, isNarrow } from "./scale.ts";

/** A distance between ticks that people count in: 1, 2 or 5 times a power of ten. */
export type TickStep = { readonly mantissa: number; readonly exponent: number; readonly size: number };

/** Bounds the loops whatever the ranges: no axis has room for more. */
const MAX_TICKS = 200;

/** The smallest nice step that makes at most `maxCount` intervals in `span`. */
export function niceStep(span: number, maxCount: number): TickStep {
  const rough = Math.max(span / Math.max(1, maxCount), 1e-305);
  const exponent = decimalExponent(rough);
  const fraction = rough / 10 ** exponent;
  // A little slack: a span of ten steps may come out as 9.999999999999998.
  const mantissa = [1, 2, 5].find((candidate) => candidate >= fraction * (1 - 1e-9));
  return mantissa === undefined ? tickStep(1, exponent + 1) : tickStep(mantissa, exponent);
}

export function tickStep(mantissa: number, exponent: number): TickStep {
  return { mantissa, exponent, size: multiple({ mantissa, exponent }, 1) };
}

/** The ticks in the range, as whole multiples of the step: `multiples[i] * step`, each rounded once. */
export function tickMultiples(range: DataRange, step: TickStep): number[] {
  const [low, high] = range;
  if (isNarrow(low, high)) return [];
  const slack = 1e-9;
  const first = Math.ceil(low / step.size - slack);
  const last = Math.floor(high / step.size + slack);
  const multiples: number[] = [];
  for (let i = 0; i <= last - first && i < MAX_TICKS; i++) multiples.push(first + i + 0);
  return multiples;
}

/** `times` steps, rounded once: a third of 0.1 steps is 0.3, not 0.30000000000000004. */
export function multiple(step: { readonly mantissa: number; readonly exponent: number }, times: number): number {
  const whole = times * step.mantissa;
  if (Number.isSafeInteger(whole)) return Number(`${whole}e${step.exponent}`);
  return whole * 10 ** step.exponent;
}
