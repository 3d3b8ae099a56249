import type { AnchorKey } from "./anchor-key.ts";

/** Series 0 to 7 have the palette's colours; from the ninth on the colours come again, dashed, then dotted. */
const COLORS = 8;
/** Lengths of dash and gap in CSS pixels, for each round through the colours. */
const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];
const DASH_CLASSES = ["", " is-dashed", " is-dotted"];

/** The place of a series's colour in the palette. */
export function colorOf(series: number): number {
  return series % COLORS;
}

export function dashOf(series: number): readonly number[] {
  return DASHES[roundOf(series)] ?? [];
}

/** The classes of whatever shows a series by its colour. */
export function seriesClass(series: number): string {
  return `series-${colorOf(series)}${DASH_CLASSES[roundOf(series)] ?? ""}`;
}

function roundOf(series: number): number {
  return Math.floor(series / COLORS) % DASHES.length;
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
