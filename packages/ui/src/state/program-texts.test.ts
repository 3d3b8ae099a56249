import { expect, test } from "vitest";
import { stateWord } from "./program-texts.ts";

test.each([
  [{ exitCode: 0, signal: null }, "■ ended (exit 0)"],
  [{ exitCode: 3, signal: null }, "✕ ended (exit 3)"],
  [{ exitCode: null, signal: "SIGKILL" }, "✕ ended (SIGKILL)"],
  [{ exitCode: null, signal: null }, "✕ ended"],
])("%o", (exit, text) => {
  const { shape, word } = stateWord({ kind: "ended", exit });
  expect(`${shape} ${word}`).toBe(text);
});
