/** What happened at each probe in the current run, summed over its processes; with rates over the last second. */
import type { ProbeCounters, ProbeId, Skipped, SkipReason } from "@pyprobe/protocol";
import type { AgentTotals, CollectedTotals } from "./adapter.ts";

/** How often `tick` is to be called, and so how often counters change for clients. */
export const COUNTERS_TICK_MS = 250;
const RATE_WINDOW_MS = 1000;

type Sample = { readonly atMs: number; readonly captures: number; readonly bytes: number };

/** What processes that have ended leave behind; no process has this pid. */
const ENDED = 0;

class ProbeTally {
  /** By process. */
  readonly totals = new Map<number, AgentTotals>();
  readonly collected = new Map<number, CollectedTotals>();
  lost = 0;
  samples: Sample[] = [];
  isChanged = true;

  get captures(): number {
    return sum(this.collected.values(), ({ captures }) => captures);
  }

  get bytes(): number {
    return sum(this.collected.values(), ({ bytes }) => bytes);
  }
}

export class Counters {
  readonly #tallies = new Map<ProbeId, ProbeTally>();
  readonly #nowMs: () => number;

  constructor(options: { nowMs?: () => number } = {}) {
    this.#nowMs = options.nowMs ?? performance.now.bind(performance);
  }

  reported(pid: number, totals: readonly AgentTotals[]): void {
    for (const total of totals) {
      const tally = this.#tally(total.probe);
      tally.totals.set(pid, total);
      tally.isChanged = true;
    }
  }

  collected(pid: number, totals: readonly CollectedTotals[]): void {
    for (const total of totals) {
      const tally = this.#tally(total.probe);
      tally.collected.set(pid, total);
      tally.isChanged = true;
    }
  }

  lost(losses: ReadonlyMap<ProbeId, number>): void {
    for (const [probe, count] of losses) {
      const tally = this.#tally(probe);
      tally.lost += count;
      tally.isChanged = true;
    }
  }

  /** The process has ended: its numbers are kept in one sum with those of others. */
  settle(pid: number): void {
    for (const [probe, { totals, collected }] of this.#tallies) {
      const reported = [totals.get(ENDED), totals.get(pid)].filter((total) => total !== undefined);
      if (totals.delete(pid)) totals.set(ENDED, { probe, ...sumTotals(reported) });
      const arrived = [collected.get(ENDED), collected.get(pid)].filter((total) => total !== undefined);
      const [captures, bytes] = [sum(arrived, (total) => total.captures), sum(arrived, (total) => total.bytes)];
      if (collected.delete(pid)) collected.set(ENDED, { probe, captures, bytes });
    }
  }

  clear(): void {
    this.#tallies.clear();
  }

  of(probe: ProbeId): ProbeCounters {
    return this.#countersOf(probe, this.#tallies.get(probe) ?? new ProbeTally());
  }

  /** Puts numbers of a recording here. */
  restore(counters: ProbeCounters): void {
    const tally = this.#tally(counters.probe);
    const { probe, captures, skipped, costNs, lost } = counters;
    tally.totals.set(ENDED, { probe, captures, skipped, costNs });
    tally.collected.set(ENDED, { probe, captures, bytes: 0 });
    tally.lost = lost;
  }

  /** Takes the sample that rates are made of. Returns the counters that differ from those of the last tick. */
  tick(): ProbeCounters[] {
    const atMs = this.#nowMs();
    const changed: ProbeCounters[] = [];
    for (const [probe, tally] of this.#tallies) {
      const sample = { atMs, captures: tally.captures, bytes: tally.bytes };
      const wasMoving = tally.samples.length > 1 && tally.samples[0]?.captures !== tally.samples.at(-1)?.captures;
      tally.samples.push(sample);
      while ((tally.samples[0]?.atMs ?? atMs) < atMs - RATE_WINDOW_MS - COUNTERS_TICK_MS / 2) tally.samples.shift();
      if (tally.isChanged || wasMoving) changed.push(this.#countersOf(probe, tally));
      tally.isChanged = false;
    }
    return changed;
  }

  #tally(probe: ProbeId): ProbeTally {
    let tally = this.#tallies.get(probe);
    if (tally === undefined) {
      tally = new ProbeTally();
      // The rate of a probe's first second counts from its first sign of life.
      tally.samples.push({ atMs: this.#nowMs(), captures: 0, bytes: 0 });
      this.#tallies.set(probe, tally);
    }
    return tally;
  }

  #countersOf(probe: ProbeId, tally: ProbeTally): ProbeCounters {
    const [first, last] = [tally.samples[0], tally.samples.at(-1)];
    const seconds = first === undefined || last === undefined ? 0 : (last.atMs - first.atMs) / 1000;
    const perSecond = (count: (sample: Sample) => number) =>
      seconds > 0 && first !== undefined && last !== undefined ? (count(last) - count(first)) / seconds : 0;
    const { skipped, costNs } = sumTotals([...tally.totals.values()]);
    return {
      probe,
      captures: tally.captures,
      skipped,
      lost: tally.lost,
      rateHz: perSecond(({ captures }) => captures),
      bytesPerS: perSecond(({ bytes }) => bytes),
      costNs,
    };
  }
}

function sum<T>(items: Iterable<T>, count: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += count(item);
  return total;
}

/** The cost of one hit is that of all processes, weighed by their captures. */
function sumTotals(totals: readonly AgentTotals[]): Omit<AgentTotals, "probe"> {
  const captures = sum(totals, (total) => total.captures);
  const costNs = captures > 0 ? sum(totals, (total) => total.costNs * total.captures) / captures : 0;
  return { captures, skipped: sumSkipped(totals), costNs };
}

function sumSkipped(totals: readonly AgentTotals[]): Skipped {
  const skipped: Partial<Record<SkipReason, number>> = {};
  for (const total of totals) {
    for (const [reason, count] of Object.entries(total.skipped) as [SkipReason, number][]) {
      skipped[reason] = (skipped[reason] ?? 0) + count;
    }
  }
  return skipped;
}
