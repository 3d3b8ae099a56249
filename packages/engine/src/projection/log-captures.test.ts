import { probeIdOf } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { CaptureLog } from "../capture/capture-log.ts";
import type { LogCapture } from "../capture/capture-source.ts";
import { CapturesInLog } from "../capture/captures-in-log.ts";
import { MAX_HISTORY_POINTS, ScalarColumns } from "../capture/scalar-columns.ts";
import { floatRecord } from "../capture/test-records.ts";
import { LogCaptures, OverwrittenError } from "./log-captures.ts";

const PID = 5;
const probe = probeIdOf(1);

function sourceOf(log: CaptureLog, seq?: number): LogCapture {
  const captures = new CapturesInLog(log, 1);
  const found = seq === undefined ? captures.findNewest(probe) : captures.findAtOrBefore(probe, { pid: PID, seq });
  if (found?.source.kind !== "log") throw new Error("nothing was found");
  return found.source;
}

function append(log: CaptureLog, from: number, to: number): void {
  for (let seq = from; seq <= to; seq += 1) log.append(PID, floatRecord(seq, { seq }), 0);
}

test("history grows with the log, also while the log forgets what it has read", () => {
  const log = new CaptureLog({ maxBytes: 16 * 1024 });
  const reader = new LogCaptures();
  const kept = 200;
  for (let end = 100; end <= 2000; end += 100) {
    append(log, end - 99, end);
    const { re, earlier } = reader.history(sourceOf(log));
    expect(re.at(-1)).toBe(end);
    expect(earlier + re.length).toBe(end);
    expect(re.length).toBeGreaterThanOrEqual(Math.min(kept, end));
    for (let i = 1; i < re.length; i += 1) expect(re[i]).toBe((re[i - 1] ?? 0) + 1);
  }
});

test("a look back gives the history up to there and does not disturb what is live", () => {
  const log = new CaptureLog({ maxBytes: 64 * 1024 });
  const reader = new LogCaptures();
  append(log, 1, 300);
  expect(reader.history(sourceOf(log)).re).toHaveLength(300);
  expect([...reader.history(sourceOf(log, 3)).re]).toEqual([1, 2, 3]);
  append(log, 301, 310);
  expect(reader.history(sourceOf(log)).re).toHaveLength(310);
});

test("a capture that left the log after it was found is said to be gone, never another one's bytes", () => {
  const log = new CaptureLog({ maxBytes: 16 * 1024 });
  const reader = new LogCaptures();
  append(log, 1, 50);
  const found = sourceOf(log);
  append(log, 51, 1000);
  expect(reader.isIntact(found)).toBe(false);
  expect(() => reader.record(found)).toThrow(OverwrittenError);
  expect(() => reader.history(found)).toThrow(OverwrittenError);
});

test("columns keep the newest points within their bound, and count what came before", () => {
  const columns = new ScalarColumns({ maxPoints: 1000 });
  for (let i = 0; i < 10_500; i += 1) columns.addValue({ re: i, im: undefined, tNs: i, ordinal: i });
  const { re, earlier } = columns.historyUntil(10_499);
  expect([re.length, re[0], re.at(-1), earlier]).toEqual([1000, 9500, 10_499, 9500]);
  expect(columns.reachesBackTo(100)).toBe(false);
  expect(columns.count).toBeLessThanOrEqual(1250);
  expect(MAX_HISTORY_POINTS).toBeGreaterThanOrEqual(200_000);
});

test("ordinals beyond 2^32 stay in order", () => {
  const columns = new ScalarColumns();
  const base = 2 ** 32 - 5;
  for (let i = 0; i < 10; i += 1) columns.addValue({ re: i, im: undefined, tNs: i, ordinal: base + i });
  expect([...columns.historyUntil(base + 6).re]).toEqual([0, 1, 2, 3, 4, 5, 6]);
});
