import { expect, test } from "vitest";
import type { RecordingOp } from "./recording-ops.ts";
import { testProbe } from "./test-recording.ts";
import { WaitingOps } from "./waiting-ops.ts";

const output = (text: string): RecordingOp => ({ kind: "output", run: 1, output: { stream: "stdout", text, tMs: 0 } });
const counters = (probe: number, captures: number): RecordingOp => {
  const { id } = testProbe(probe);
  const rest = { skipped: {}, lost: 0, rateHz: 0, bytesPerS: 0, costNs: 0 };
  return { kind: "counters", run: 1, counters: [{ probe: id, captures, ...rest }] };
};

test("while nothing can be written, what is said anew takes the place of what was said before", () => {
  const waiting = new WaitingOps({ maxOps: 10 });
  waiting.add(output("kept"));
  waiting.add({ kind: "probe", probe: testProbe(1) });
  waiting.add({ kind: "probe_removed", probe: testProbe(1).id });
  for (let captures = 1; captures <= 1000; captures += 1) waiting.add(counters(1 + (captures % 2), captures));
  expect(waiting.count).toBeLessThan(20);
  const ops = waiting.take();
  expect(ops.slice(0, 3).map(({ kind }) => kind)).toEqual(["output", "probe", "probe_removed"]);
  const newest = new Map(
    ops.flatMap((op) => (op.kind === "counters" ? op.counters : [])).map((one) => [one.probe, one.captures]),
  );
  expect([...newest.values()].sort()).toEqual([1000, 999]);
});

test("output that finds no room is refused, and what was put back comes first", () => {
  const waiting = new WaitingOps({ maxOps: 4 });
  const added = [1, 2, 3, 4, 5, 6].map((number) => waiting.add(output(String(number))));
  expect(added).toEqual([true, true, true, true, false, false]);
  const taken = waiting.take();
  waiting.add(output("later"));
  waiting.putBack(taken);
  expect(waiting.take().map((op) => (op.kind === "output" ? op.output.text : op.kind))).toEqual([
    "1",
    "2",
    "3",
    "4",
    "later",
  ]);
});
