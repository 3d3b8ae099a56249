import { expect, test } from "vitest";
import { OutputBuffer } from "./output-buffer.ts";

const out = (text: string, tMs = 0) => ({ stream: "stdout", text, tMs }) as const;

test("keeps the newest and counts what had to go", () => {
  const buffer = new OutputBuffer({ maxCharacters: 10 });
  buffer.add(out("aaaa", 0));
  buffer.add(out("bbbb", 100));
  buffer.add(out("cccc", 200));
  expect(buffer.entries.map(({ text }) => text)).toEqual(["aa", "bbbb", "cccc"]);
  expect(buffer.dropped).toBe(2);
  buffer.add(out("0123456789abcdef", 300));
  expect(buffer.entries.map(({ text }) => text)).toEqual(["6789abcdef"]);
  expect(buffer.dropped).toBe(18);
});

test("joins what one stream wrote in one instant", () => {
  const buffer = new OutputBuffer();
  buffer.add(out("a", 0));
  buffer.add(out("b", 5));
  buffer.add({ stream: "stderr", text: "!", tMs: 6 });
  buffer.add(out("c", 7));
  buffer.add(out("d", 500));
  expect(buffer.entries.map(({ text }) => text)).toEqual(["ab", "!", "c", "d"]);
  buffer.clear();
  expect([buffer.entries, buffer.dropped]).toEqual([[], 0]);
});
