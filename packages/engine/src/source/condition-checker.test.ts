import type { Interpreter } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { findAgentFolder } from "../agent/agent-command.ts";
import { ConditionChecker } from "./condition-checker.ts";

const python = await findPython();
const checker = new ConditionChecker(findAgentFolder());

test("a condition is what the agent can evaluate, in any characters", async () => {
  expect(await checker.check(python, "abs(größe) > 3 and name == '😀'")).toEqual({ error: null });
});

test("what is wrong has its place in UTF-16 units", async () => {
  const text = "'😀' in name and open(größe)";
  const { error } = await checker.check(python, text);
  expect(error?.message).toContain("open(…) cannot be called in a condition");
  expect(text.slice(error?.column, error?.endColumn)).toBe("open");
});

test("the same question is asked once", async () => {
  expect(checker.check(python, "x > 3")).toBe(checker.check(python, "x > 3"));
});

test("a Python that cannot be started is told, and asked again", async () => {
  const gone: Interpreter = { ...python, path: "/nowhere/python" };
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(checker.check(gone, "x")).rejects.toThrow(
      /^Cannot check the condition with \/nowhere\/python: .*ENOENT/,
    );
  }
});
