import type { AnchorKey } from "./anchor-key.ts";

/**
 * Series 0 to 7 have the palette's colours; from the ninth on the colours come again, and what carries them (swatch, box in the code) is
 * dashed, then dotted. The picture itself is not: a gap in a line says that samples are missing.
 */
const COLORS = 8;
const DASH_CLASSES = ["", " is-dashed", " is-dotted"];

/** The place of a series's colour in the palette. */
export function colorOf(series: number): number {
  return series % COLORS;
}

/** The classes of whatever shows a series by its colour. */
export function seriesClass(series: number): string {
  return `series-${colorOf(series)}${DASH_CLASSES[Math.floor(series / COLORS) % DASH_CLASSES.length] ?? ""}`;
}

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
