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

test("bytes that are no text stay whole, and count for what they take", () => {
  const buffer = new OutputBuffer({ maxCharacters: 25 });
  const bytes = { ...out("\ufffd\ufffd\ufffd"), base64: "iYmJiYmJ" };
  buffer.add(out("text", 0));
  buffer.add({ ...bytes, tMs: 1 });
  buffer.add(out("more", 2));
  expect(buffer.entries).toEqual([out("text", 0), { ...bytes, tMs: 1 }, out("more", 2)]);
  buffer.add(out("0123456789abcd", 100));
  expect(buffer.entries.map(({ text }) => text)).toEqual(["more", "0123456789abcd"]);
  expect(buffer.dropped).toBe(7);
});
