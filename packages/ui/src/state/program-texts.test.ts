import { expect, test } from "vitest";
import { pageReason, stateWord } from "./program-texts.ts";

test.each([
  [{ exitCode: 0, signal: null }, "■ ended (exit 0)"],
  [{ exitCode: 3, signal: null }, "✕ ended (exit 3)"],
  [{ exitCode: null, signal: "SIGKILL" }, "✕ ended (SIGKILL)"],
  [{ exitCode: null, signal: null }, "✕ ended"],
])("%o", (exit, text) => {
  const { shape, word } = stateWord({ kind: "ended", exit });
  expect(`${shape} ${word}`).toBe(text);
});

test("in the page a Python is chosen there first", () => {
  expect(pageReason("Cannot use /usr/bin/ls: it is not Python (choose another with --python)")).toBe(
    "Cannot use /usr/bin/ls: it is not Python (choose another here, or start with --python)",
  );
  expect(
    pageReason(
      "Cannot find a Python: none is installed here (install CPython 3.9 or later, or name one with --python)",
    ),
  ).toContain("or choose one here, or start with --python");
  expect(pageReason("no hint")).toBe("no hint");
});
