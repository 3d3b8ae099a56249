import type { AnchorKey } from "./anchor-key.ts";

/** Series 0 to 7 of the palettes; a ninth begins again, with a dash pattern. */
export const SERIES_COUNT = 8;

export type SeriesColors = ReadonlyMap<AnchorKey, number>;

/**
 * Gives each key a series: those that have one keep it, new ones take the lowest that none of `keys` uses. Keys that are gone keep
 * theirs until another needs the place, so that an undone removal comes back in its colour.
 */
export function assignSeries(before: SeriesColors, keys: readonly AnchorKey[]): SeriesColors {
  if (keys.every((key) => before.has(key))) return before;
  const next = new Map(before);
  const used = new Set(keys.flatMap((key) => next.get(key) ?? []));
  for (const key of keys) {
    if (next.has(key)) continue;
    let series = 0;
    while (used.has(series)) series += 1;
    used.add(series);
    next.set(key, series);
    for (const [other, otherSeries] of next) {
      if (otherSeries === series && other !== key && !keys.includes(other)) next.delete(other);
    }
  }
  return next;
}
