import { probeCountersSchema, probeSchema } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { endReport } from "./end-report.ts";

const anchor = { file: "/srv/app.py", line: 12, column: 0, symbol: "x", function: "f", context: "store" };
const probe = (id: string, state: object) => probeSchema.parse({ id, anchor, mode: { kind: "every" }, state });
const counters = (id: string, counts: object) =>
  probeCountersSchema.parse({
    probe: id,
    captures: 0,
    skipped: {},
    lost: 0,
    rateHz: 0,
    bytesPerS: 0,
    costNs: 0,
    ...counts,
  });

test("captures, skips with their reasons and losses are all said, estimates as such", () => {
  const probes = [probe("p1", { kind: "live" })];
  const counts = [counters("p1", { captures: 1, skipped: { budget: 12345, latest: 2345, every_n: 2345 }, lost: 2 })];
  expect(endReport(probes, counts)).toEqual([
    "x at app.py:12: 1 capture, about 12,000 skipped (the overhead budget was spent), about 2,300 skipped (a newer one came at once), 2,345 skipped (not its turn), 2 lost",
  ]);
});

test("what kept a condition from being evaluated is said, also of a probe that captured", () => {
  const message = 'Cannot evaluate "x > gain" at app.py:12: the name "gain" is not defined here';
  const probes = [probe("p1", { kind: "live", code: "condition_unreadable", message })];
  const counts = [counters("p1", { captures: 1, skipped: { condition_false: 5, condition_unreadable: 2 } })];
  expect(endReport(probes, counts)).toEqual([
    `x at app.py:12: 1 capture, 5 skipped (the condition was false), 2 skipped (the condition could not be evaluated), ${message}`,
  ]);
});

test("a probe that failed is named as such, since its reason was said before, and one that was never reached says why", () => {
  const probes = [
    probe("p1", { kind: "failed", code: "no_such_name", message: "Cannot place probe: no such name" }),
    probe("p2", { kind: "armed", code: "never_executed", message: "the line never ran" }),
  ];
  expect(endReport(probes, [counters("p2", {})])).toEqual([
    "x at app.py:12: 0 captures, failed",
    "x at app.py:12: 0 captures, the line never ran",
  ]);
});
