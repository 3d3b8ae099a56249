/** What happened at a probe in the last second, from counters that sum over the whole run. Pure. */
import type { ProbeCounters, Skipped, SkipReason } from "@pyprobe/protocol";

export type Counts = { readonly captures: number; readonly skipped: Skipped };
export const noCounts: Counts = { captures: 0, skipped: {} };

type Sample = Counts & { readonly atMs: number };
/** Oldest first: one sample from before the window, as what came later is counted from, and those within it. */
export type CountSamples = readonly Sample[];

const WINDOW_MS = 1_000;
/** So long after the newest counters what they told is no longer "now". The engine sends new ones four times a second while they change. */
const FRESH_MS = 1_500;

export function withCounts(samples: CountSamples, { captures, skipped }: ProbeCounters, atMs: number): CountSamples {
  const next = [...samples, { atMs, captures, skipped }];
  const base = next.findLastIndex((sample) => sample.atMs <= atMs - WINDOW_MS);
  return base <= 0 ? next : next.slice(base);
}

/** Captures and skips within the last second; none when nothing was told for a while. */
export function recentCounts(samples: CountSamples, nowMs: number): Counts {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || nowMs - last.atMs > FRESH_MS) return noCounts;
  const skipped: Partial<Record<SkipReason, number>> = {};
  for (const [reason, count] of Object.entries(last.skipped) as [SkipReason, number][]) {
    const added = count - (first.skipped[reason] ?? 0);
    if (added > 0) skipped[reason] = added;
  }
  return { captures: Math.max(0, last.captures - first.captures), skipped };
}
