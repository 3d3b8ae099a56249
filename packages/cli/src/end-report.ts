/** What a person reads at the end of a headless run: what each probe captured, what it skipped and why, and what was lost. */
import { basename } from "node:path";
import type { Probe, ProbeCounters, SkipReason } from "@pyprobe/protocol";

const reasons: Readonly<Record<SkipReason, string>> = {
  budget: "the overhead budget was spent",
  latest: "a newer one came at once",
  every_n: "not its turn",
  unchanged: "the same value as before",
  condition_false: "the condition was false",
  condition_unreadable: "the condition could not be evaluated",
  too_large: "too large",
  deadline: "reading it took too long",
  ring_full: "the engine was behind",
  unreadable: "it cannot be read without running the program's code",
  fault: "a fault in PyProbe",
};

/** Where the place was switched off meanwhile. */
const estimated: ReadonlySet<string> = new Set<SkipReason>(["budget", "latest"]);

/** One line a probe; none without probes. */
export function endReport(probes: readonly Probe[], counters: readonly ProbeCounters[]): string[] {
  const byProbe = new Map(counters.map((entry) => [entry.probe, entry]));
  return probes.map((probe) => {
    const { anchor, state } = probe;
    const place = `${anchor.symbol} at ${basename(anchor.file)}:${anchor.line}`;
    const counts = byProbe.get(probe.id);
    const parts = [plural(counts?.captures ?? 0, "capture")];
    for (const [reason, hits] of Object.entries(counts?.skipped ?? {})) {
      const count = estimated.has(reason) ? `about ${number(rounded(hits))}` : number(hits);
      parts.push(`${count} skipped (${reasons[reason as SkipReason]})`);
    }
    if ((counts?.lost ?? 0) > 0) parts.push(`${number(counts?.lost ?? 0)} lost`);
    // Why was said when it happened.
    if (state.kind === "failed") parts.push("failed");
    else if (state.message !== undefined) parts.push(state.message);
    return `${place}: ${parts.join(", ")}`;
  });
}

function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? "" : "s"}`;
}

function number(count: number): string {
  return count.toLocaleString("en-US");
}

/** A place that is switched off counts nothing: its hits are known by their rate before, and no digit more is claimed. */
function rounded(estimate: number): number {
  return Number(estimate.toPrecision(2));
}
