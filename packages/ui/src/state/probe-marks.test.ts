import type { ProbeCounters, ProbeId, SessionState } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { markOf, ratioText, skippedSentences } from "./probe-marks.ts";
import { probe } from "./test-session.ts";

const running: SessionState = { kind: "running", pid: 1 };
const counted = (changed: Partial<ProbeCounters>): ProbeCounters => ({
  probe: "p1" as ProbeId,
  captures: 10,
  skipped: {},
  lost: 0,
  rateHz: 5,
  bytesPerS: 0,
  costNs: 0,
  ...changed,
});
const live = probe("p1", "x", { state: { kind: "live" } });

test.each([
  ["asking", markOf(null, undefined, running), "armed"],
  ["waiting for line 3", markOf(probe("p1", "x"), undefined, running), "armed"],
  ["10 captures", markOf(live, counted({}), running), "live"],
  ["the last value came 4 s ago", markOf(live, counted({}), running, 4_100), "stale"],
  ["1 of 37", markOf(live, counted({ skipped: { budget: 360 } }), running), "throttled"],
  ["10 captures are kept", markOf(live, counted({}), { kind: "recorded", path: "a" }), "ended"],
])("%s", (text, mark, kind) => {
  expect(mark.kind).toBe(kind);
  expect(`${mark.word} ${mark.detail}`).toContain(text);
});

test("a failed probe says why, also after the end", () => {
  const failed = probe("p1", "x", { state: { kind: "failed", code: "no_code", message: "the line has no code" } });
  const mark = markOf(failed, undefined, { kind: "ended", exit: { exitCode: 0, signal: null } });
  expect(mark).toMatchObject({ kind: "failed", shape: "✕", detail: "the line has no code" });
});

test("skips that the mode asked for are no throttling", () => {
  const stepped = probe("p1", "x", { state: { kind: "live" }, mode: { kind: "every_n", n: 10 } });
  expect(markOf(stepped, counted({ skipped: { every_n: 90 } }), running).kind).toBe("live");
  expect(markOf(stepped, counted({ skipped: { every_n: 90, budget: 1 } }), running).kind).toBe("throttled");
  const latest = probe("p1", "x", { state: { kind: "live" }, mode: { kind: "latest" } });
  expect(markOf(latest, counted({ skipped: { latest: 9_000 } }), running).kind).toBe("live");
});

test("a few skipped among many do not make a throttled probe", () => {
  expect(markOf(live, counted({ captures: 1_000, skipped: { budget: 20 } }), running).kind).toBe("live");
  expect(ratioText(1_000, 20)).toBe("20 skipped");
});

test("every reason that occurred has a sentence", () => {
  expect(skippedSentences({ budget: 1200, unreadable: 2, latest: 0 })).toEqual([
    "1,200 hits were skipped to stay within the overhead budget",
    "2 hits were skipped because reading the value would run the program's own code",
  ]);
});

test("ratios", () => {
  expect([ratioText(10, 5), ratioText(1, 36), ratioText(1, 4811), ratioText(0, 8)]).toEqual([
    "1 of 1.5",
    "1 of 37",
    "1 of 4,812",
    "0 of 8",
  ]);
});
