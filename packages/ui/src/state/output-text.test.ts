import type { Output } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { findLines, OutputText, textOf } from "./output-text.ts";

const chunk = (text: string): Output => ({ stream: "stdout", text, tMs: 0 });

test("what was read before stays the same block, and is not read again when old chunks leave", () => {
  const text = new OutputText();
  const first = chunk("a\n".repeat(150));
  const before = text.read([first]);
  expect(before.blocks.map(({ lines }) => lines.length)).toEqual([100, 50]);
  const second = chunk("b\nc");
  const after = text.read([first, second]);
  expect(after.blocks[0]).toBe(before.blocks[0]);
  expect(after.blocks[1]?.lines).toHaveLength(51);
  expect(after.current && textOf(after.current)).toBe("c");
  const last = text.read([second, chunk("d\n")]);
  expect(
    last.blocks
      .flatMap(({ lines }) => lines)
      .map(textOf)
      .slice(-2),
  ).toEqual(["b", "cd"]);
});

test("the output of another run begins anew", () => {
  const text = new OutputText();
  text.read([chunk("old\n")]);
  expect(
    text
      .read([chunk("new\n")])
      .blocks.flatMap(({ lines }) => lines)
      .map(textOf),
  ).toEqual(["new"]);
  expect(text.read([])).toEqual({ blocks: [], current: null });
});

test("lines are found in any case, the newest of many", () => {
  const text = new OutputText().read([chunk("One\ntwo\nONE more\none, last")]);
  expect(findLines(text, "one", 2)).toMatchObject({ total: 3 });
  expect(findLines(text, "one", 2).lines.map(textOf)).toEqual(["ONE more", "one, last"]);
});
