/** Medians and quartiles: what a machine that others use leaves standing. */

export type Spread = { readonly median: number; readonly low: number; readonly high: number; readonly count: number };

/** The median, and the quartiles around it. */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) throw new Error("Cannot take the median: there are no values");
  const sorted = [...values].sort((a, b) => a - b);
  return {
    median: quantile(sorted, 0.5),
    low: quantile(sorted, 0.25),
    high: quantile(sorted, 0.75),
    count: sorted.length,
  };
}

/** Of sorted values, with linear interpolation. */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const below = Math.floor(at);
  const first = sorted[below] ?? Number.NaN;
  const second = sorted[below + 1] ?? first;
  return first + (second - first) * (at - below);
}

/** Each value divided by the one of the same round: what slowed the machine in a round slowed both. */
export function ratios(values: readonly number[], bases: readonly number[]): number[] {
  return values.flatMap((value, i) => {
    const base = bases[i];
    return base === undefined ? [] : [value / base];
  });
}
