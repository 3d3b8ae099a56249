import type { DataRange } from "./scale.ts";

/** The range that a live axis shows, and what it has wanted since it began to want less. */
export type SoftRange = {
  readonly range: DataRange;
  readonly waiting: { readonly sinceMs: number; readonly seen: DataRange } | null;
};

const SHRINK_AFTER_MS = 2000;
/** Less than this part unused is not worth a jump of the axis. */
const WORTH_SHRINKING = 0.85;

/**
 * Auto-scale that does not tremble: it widens at once, so that nothing is ever cut off, and narrows only after the data has needed
 * clearly less for two seconds, to all that was seen in them.
 */
export function softenRange(previous: SoftRange | null, wanted: DataRange, nowMs: number): SoftRange {
  if (previous === null) return { range: wanted, waiting: null };
  const { range, waiting } = previous;
  if (wanted[0] < range[0] || wanted[1] > range[1]) return { range: union(range, wanted), waiting };
  if (spanOf(wanted) >= WORTH_SHRINKING * spanOf(range)) return { range, waiting: null };
  if (waiting === null) return { range, waiting: { sinceMs: nowMs, seen: wanted } };
  const seen = union(waiting.seen, wanted);
  if (nowMs - waiting.sinceMs < SHRINK_AFTER_MS) return { range, waiting: { sinceMs: waiting.sinceMs, seen } };
  return { range: seen, waiting: null };
}

function union(a: DataRange, b: DataRange): DataRange {
  return [Math.min(a[0], b[0]), Math.max(a[1], b[1])];
}

function spanOf([low, high]: DataRange): number {
  return high - low;
}
