import type { ProbeCounters, ProbeId, SessionState, Skipped } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { markOf, ratioText, skippedSentences } from "./probe-marks.ts";
import { probe } from "./test-session.ts";

const running: SessionState = { kind: "running", pid: 1 };
const counters: ProbeCounters = {
  probe: "p1" as ProbeId,
  captures: 10,
  skipped: { budget: 4_000 },
  lost: 0,
  rateHz: 5,
  bytesPerS: 0,
  costNs: 0,
};
const lately = (skipped: Skipped, captures = 10) => ({ captures, skipped });
const live = probe("p1", "x", { state: { kind: "live" } });

test.each([
  ["asking", markOf(null, running), "armed"],
  ["waiting for line 3", markOf(probe("p1", "x"), running), "armed"],
  ["10 captures", markOf(live, running, { counters }), "live"],
  ["the last value came 4 s ago", markOf(live, running, { counters, quietMs: 4_100 }), "stale"],
  ["1 of 37 in the last second", markOf(live, running, { counters, recent: lately({ budget: 360 }) }), "throttled"],
  ["10 captures are kept", markOf(live, { kind: "recorded", path: "a" }, { counters }), "ended"],
])("%s", (text, mark, kind) => {
  expect(mark.kind).toBe(kind);
  expect(`${mark.word} ${mark.detail}`).toContain(text);
});

test("a failed probe says why, also after the end", () => {
  const failed = probe("p1", "x", { state: { kind: "failed", code: "no_code", message: "the line has no code" } });
  const mark = markOf(failed, { kind: "ended", exit: { exitCode: 0, signal: null } });
  expect(mark).toMatchObject({ kind: "failed", shape: "✕", detail: "the line has no code" });
});

test("skips that the mode asked for are no throttling", () => {
  const stepped = probe("p1", "x", { state: { kind: "live" }, mode: { kind: "every_n", n: 10 } });
  expect(markOf(stepped, running, { counters, recent: lately({ every_n: 90 }) }).kind).toBe("live");
  expect(markOf(stepped, running, { counters, recent: lately({ every_n: 90, budget: 1 }) }).kind).toBe("throttled");
  const latest = probe("p1", "x", { state: { kind: "live" }, mode: { kind: "latest" } });
  expect(markOf(latest, running, { counters, recent: lately({ latest: 9_000 }) }).kind).toBe("live");
});

test("a condition that was never true says so, while it waits and after the end", () => {
  const mode = { kind: "when", expression: "x > 3", every: false } as const;
  const waiting = probe("p1", "x", { state: { kind: "armed" }, mode });
  const unseen = { ...counters, captures: 0, skipped: { condition_false: 2_000 } };
  const detail = "2,000 hits were skipped because the condition was false";
  expect(markOf(waiting, running, { counters: unseen })).toMatchObject({ kind: "armed", detail });
  const ended: SessionState = { kind: "ended", exit: { exitCode: 0, signal: null } };
  expect(markOf(waiting, ended, { counters: unseen })).toMatchObject({ kind: "ended", detail });
  const seen = { ...waiting, state: { kind: "live" } } as const;
  expect(markOf(seen, running, { counters, recent: lately({ condition_false: 90 }) }).kind).toBe("live");
  expect(markOf(seen, running, { counters, recent: lately({ condition_unreadable: 90 }) }).kind).toBe("live");
  expect(markOf(seen, running, { counters, recent: lately({ budget: 90 }) }).kind).toBe("throttled");
});

test("a few skipped among many do not make a throttled probe", () => {
  const recent = lately({ budget: 20 }, 1_000);
  expect(markOf(live, running, { counters, recent }).kind).toBe("live");
  expect(ratioText(recent)).toBe("20 skipped");
});

test("what was skipped earlier in the run does not make it throttled now", () => {
  expect(markOf(live, running, { counters, recent: lately({}) }).kind).toBe("live");
});

test("every reason that occurred has a sentence", () => {
  expect(skippedSentences({ budget: 1200, unreadable: 2, latest: 0 })).toEqual([
    "1,200 hits were skipped to stay within the overhead budget",
    "2 hits were skipped because reading it back would run the program's own code (probe the value that is assigned)",
  ]);
});

test("ratios", () => {
  const ratio = (captures: number, budget: number) => ratioText({ captures, skipped: { budget } });
  expect([ratio(10, 5), ratio(1, 36), ratio(1, 4811), ratio(0, 8)]).toEqual([
    "1 of 1.5",
    "1 of 37",
    "1 of 4,812",
    "0 of 8",
  ]);
});
