import { expect, test } from "vitest";
import { type Message, withMessage } from "./messages.ts";

test("a message that repeats is counted, not listed again", () => {
  let log: readonly Message[] = [];
  for (const [id, text] of ["a", "a", "b", "a"].entries())
    log = withMessage(log, { id, level: "info", text, atMs: id });
  expect(log.map(({ text, count }) => [text, count])).toEqual([
    ["a", 2],
    ["b", 1],
    ["a", 1],
  ]);
});
