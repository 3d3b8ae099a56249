import { expect, test } from "vitest";
import { axisText, defaultAxis, historyAxes, historyOptions, parseAxis, windowText } from "./history-axis.ts";

test("each choice is a request that the lens knows, and has words of its own", () => {
  expect(historyOptions(defaultAxis)).toEqual({ x: "count" });
  expect(historyOptions({ x: "time", window: 10 })).toEqual({ x: "time", window: 10 });
  expect(new Set(historyAxes.map(windowText)).size).toBe(historyAxes.length);
  expect(new Set(historyAxes.map(axisText)).size).toBe(historyAxes.length);
});

test("what was remembered is read back; what is no choice is not", () => {
  for (const axis of historyAxes) expect(parseAxis(JSON.parse(JSON.stringify(axis)))).toEqual(axis);
  for (const odd of [undefined, null, 3, {}, { x: "count", window: 7 }, { x: "moon", window: null }]) {
    expect(parseAxis(odd)).toBe(defaultAxis);
  }
});
