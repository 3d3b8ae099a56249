import { expect, test } from "vitest";
import {
  axisInForce,
  axisText,
  defaultAxis,
  historyAxes,
  historyOptions,
  parseAxis,
  wholeAxis,
  windowText,
} from "./history-axis.ts";

test("each choice is a request that the lens knows, and has words of its own", () => {
  expect(historyOptions(wholeAxis)).toEqual({ x: "count" });
  expect(historyOptions(defaultAxis)).toEqual({ x: "count", window: 1_000 });
  expect(historyOptions({ x: "time", window: 10 })).toEqual({ x: "time", window: 10 });
  expect(new Set(historyAxes.map(windowText)).size).toBe(historyAxes.length);
  expect(new Set(historyAxes.map(axisText)).size).toBe(historyAxes.length);
});

test("several probes have only time in common", () => {
  expect(axisInForce(wholeAxis, true)).toEqual({ x: "time", window: null });
  expect(axisInForce({ x: "count", window: 100 }, true)).toEqual({ x: "time", window: 60 });
  expect(historyAxes).toContainEqual(axisInForce(defaultAxis, true));
  expect(axisInForce({ x: "time", window: 10 }, true)).toEqual({ x: "time", window: 10 });
  expect(axisInForce(defaultAxis, false)).toBe(defaultAxis);
});

test("what was remembered is read back; what is no choice is not", () => {
  for (const axis of historyAxes) expect(parseAxis(JSON.parse(JSON.stringify(axis)))).toEqual(axis);
  for (const odd of [undefined, null, 3, {}, { x: "count", window: 7 }, { x: "moon", window: null }]) {
    expect(parseAxis(odd)).toBe(defaultAxis);
    expect(parseAxis(odd, wholeAxis)).toBe(wholeAxis);
  }
});
