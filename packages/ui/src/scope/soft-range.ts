/**
 * Auto-scale that does not shake: the range grows at once when data need it, and shrinks only after they have needed less for
 * `SHRINK_AFTER_MS`. Pure.
 */
export const SHRINK_AFTER_MS = 2_000;

export type SoftRange = {
  readonly range: readonly [number, number];
  /** What the data needed since `sinceMs`, when that is clearly less than `range`. */
  readonly needed: readonly [number, number] | null;
  readonly sinceMs: number;
};

export function softRange(before: SoftRange | null, data: readonly [number, number], nowMs: number): SoftRange {
  if (before === null) return { range: data, needed: null, sinceMs: nowMs };
  const [low, high] = before.range;
  if (data[0] < low || data[1] > high) {
    return { range: [Math.min(low, data[0]), Math.max(high, data[1])], needed: null, sinceMs: nowMs };
  }
  const isMuchLess = data[1] - data[0] < 0.8 * (high - low);
  if (!isMuchLess) return before.needed === null ? before : { ...before, needed: null, sinceMs: nowMs };
  if (before.needed === null) return { ...before, needed: data, sinceMs: nowMs };
  const needed: [number, number] = [Math.min(before.needed[0], data[0]), Math.max(before.needed[1], data[1])];
  if (nowMs - before.sinceMs >= SHRINK_AFTER_MS) return { range: needed, needed: null, sinceMs: nowMs };
  return { ...before, needed };
}
