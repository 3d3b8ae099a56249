/** What state a probe is in, as the page shows it everywhere: a shape, a word and a colour; never the colour alone. Pure. */

import type { Probe, ProbeCounters, ProbeMode, SessionState, Skipped, SkipReason } from "@pyprobe/protocol";
import { groupDigits } from "./group-digits.ts";
import { type Counts, noCounts, recentCounts } from "./recent-counts.ts";
import type { SessionModel } from "./session-model.ts";

export type MarkKind = "armed" | "live" | "stale" | "held" | "throttled" | "failed" | "ended";
export type Mark = { readonly kind: MarkKind; readonly shape: string; readonly word: string; readonly detail: string };

const shapes: Readonly<Record<MarkKind, string>> = {
  armed: "◌",
  live: "●",
  stale: "◔",
  held: "‖",
  throttled: "◑",
  failed: "✕",
  ended: "■",
};

export const skipWords: Readonly<Record<SkipReason, string>> = {
  budget: "to stay within the overhead budget",
  latest: "because a newer value came within 1/60 s",
  every_n: "because it was not their turn",
  unchanged: "because the value had not changed",
  condition_false: "because the condition was false",
  condition_unreadable: "because the condition could not be evaluated there",
  too_large: "because the value is larger than the ring",
  deadline: "because reading the value took too long",
  ring_full: "because the engine was behind",
  unreadable: "because reading it back would run the program's own code (probe the value that is assigned)",
  fault: "because of a fault in PyProbe",
};

/** Hits that became no capture, over all reasons. */
export function skippedTotal(skipped: Skipped): number {
  return Object.values(skipped).reduce((sum, count) => sum + (count ?? 0), 0);
}

/** One sentence for each reason that occurred. */
export function skippedSentences(skipped: Skipped): readonly string[] {
  const reasons = Object.keys(skipWords) as SkipReason[];
  return reasons.flatMap((reason) => {
    const count = skipped[reason];
    return count === undefined || count === 0 ? [] : [`${groupDigits(count)} hits were skipped ${skipWords[reason]}`];
  });
}

/** A live probe without a new capture for so long is called quiet. */
const QUIET_MS = 2_500;

/** What is known of how a probe does now: counters of the run, of its last second, and how long it has had no new capture. */
export type Doings = {
  readonly counters?: ProbeCounters | undefined;
  readonly recent?: Counts;
  readonly quietMs?: number;
};

/** `probe` is null while the engine has not answered yet. */
export function markOf(
  probe: Probe | null,
  session: SessionState,
  { counters, recent = noCounts, quietMs = 0 }: Doings = {},
): Mark {
  if (probe === null) return mark("armed", "asking", "the engine is placing the probe");
  const { state, anchor } = probe;
  if (state.kind === "failed") return mark("failed", "failed", state.message);
  const isOver = session.kind === "ended" || session.kind === "recorded" || session.kind === "failed";
  const captures = counters?.captures ?? 0;
  if (isOver) {
    const kept = captures === 1 ? "1 capture is kept" : `${groupDigits(captures)} captures are kept`;
    const nothing = skippedSentences(counters?.skipped ?? {}).join("; ");
    const unseen = nothing === "" ? `line ${anchor.line} was not reached while it was watched` : nothing;
    const detail = captures === 0 ? unseen : kept;
    return mark("ended", session.kind === "recorded" ? "recorded" : "ended", detail);
  }
  if (state.kind !== "live") {
    const hits = skippedSentences(counters?.skipped ?? {}).join("; ");
    return mark("armed", "waiting", state.message ?? (hits === "" ? `waiting for line ${anchor.line}` : hits));
  }
  if (isThinned(probe, recent)) {
    const detail = `${ratioText(recent)} in the last second`;
    return mark("throttled", "throttled", detail);
  }
  if (quietMs > QUIET_MS && captures > 0)
    return mark("stale", "quiet", `the last value came ${Math.round(quietMs / 1000)} s ago`);
  return mark("live", "live", `${groupDigits(captures)} captures`);
}

/** `1 of 37`: of how many hits one becomes a capture; a few among many are counted instead. */
export function ratioText({ captures, skipped }: Counts): string {
  const total = skippedTotal(skipped);
  if (captures === 0) return `0 of ${groupDigits(total)}`;
  const of = (captures + total) / captures;
  if (of < FEW) return `${groupDigits(total)} skipped`;
  return of < 10 ? `1 of ${of.toFixed(1)}` : `1 of ${groupDigits(Math.round(of))}`;
}

/** Hits for each capture; below it the few that were skipped make no throttled probe. */
const FEW = 1.05;

/** Skips that the mode asked for are no throttling, nor is a condition without a value, which has its own line. */
function isThinned(probe: Probe, { captures, skipped }: Counts): boolean {
  const asked: Partial<Record<ProbeMode["kind"], readonly SkipReason[]>> = {
    every_n: ["every_n"],
    change: ["unchanged"],
    latest: ["latest"],
    when: ["condition_false", "condition_unreadable"],
  };
  const reasons = asked[probe.mode.kind] ?? [];
  const unasked = skippedTotal(skipped) - reasons.reduce((sum, reason) => sum + (skipped[reason] ?? 0), 0);
  return captures + unasked >= FEW * captures && unasked > 0;
}

function mark(kind: MarkKind, word: string, detail: string): Mark {
  return { kind, shape: shapes[kind], word, detail };
}

/** How a probe does now, from what the page knows of its session. */
export function doingsOf(
  model: Pick<SessionModel, "counters" | "freshAtMs" | "samples">,
  probe: Probe | null,
  nowMs: number,
): Doings {
  if (probe === null) return {};
  const freshAtMs = model.freshAtMs.get(probe.id);
  return {
    counters: model.counters.get(probe.id),
    recent: recentCounts(model.samples.get(probe.id) ?? [], nowMs),
    quietMs: freshAtMs === undefined ? 0 : nowMs - freshAtMs,
  };
}
