import { join } from "node:path";
import { expect, test } from "vitest";
import { allowedImports, checkImports, findCycles } from "./imports.ts";

const root = join(import.meta.dirname, "..", "..");

test("the repository keeps to the table", () => {
  expect(checkImports(root)).toEqual([]);
});

test("the table itself has no circle, and engine and page never meet", () => {
  expect(findCycles(new Map(Object.entries(allowedImports)))).toEqual([]);
  expect(allowedImports.engine).not.toContain("ui");
  expect(allowedImports.ui).not.toContain("engine");
});

test("a circle is found once, with the way around it", () => {
  const graph = new Map([
    ["a", ["b"]],
    ["b", ["c"]],
    ["c", ["b"]],
  ]);
  expect(findCycles(graph)).toEqual([["b", "c", "b"]]);
});
