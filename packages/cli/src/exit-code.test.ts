import { expect, test } from "vitest";
import { exitCodeOf } from "./exit-code.ts";

test.each([
  [{ exitCode: 0, signal: null }, 0],
  [{ exitCode: 255, signal: null }, 255],
  [{ exitCode: null, signal: "SIGINT" }, 130],
  [{ exitCode: null, signal: "SIGKILL" }, 137],
  [{ exitCode: null, signal: "SIGSEGV" }, 139],
  [{ exitCode: null, signal: null }, 130],
])("%j ends with %i", (exit, code) => {
  expect(exitCodeOf(exit)).toBe(code);
});
