import type { Output } from "@pyprobe/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { AnsiLines, lookAfter, plainLook } from "./ansi-lines.ts";

const chunk = (text: string, stream: Output["stream"] = "stdout"): Output => ({ stream, text, tMs: 0 });

const allOf = (lines: AnsiLines) => [...lines.take(), ...(lines.current === null ? [] : [lines.current])];

function linesOf(...texts: string[]): string[] {
  const lines = new AnsiLines();
  for (const text of texts) lines.push(chunk(text));
  return allOf(lines).map(({ parts }) => parts.map(({ text }) => text).join(""));
}

test("lines come apart at their ends, whatever the chunks were", () => {
  expect(linesOf("one\ntw", "o\r\nthree")).toEqual(["one", "two", "three"]);
  expect(linesOf("\n\n")).toEqual(["", ""]);
});

test("a carriage return begins the line anew", () => {
  expect(linesOf("10 %", "\r20 %", "\r100 %\n", "done")).toEqual(["100 %", "done"]);
});

test("colours become looks, everything else of a terminal is left out", () => {
  const lines = new AnsiLines();
  lines.push(chunk("\x1b[1;32mok\x1b[0m \x1b]0;title\x07\x1b[2Kplain\x1b[3"));
  lines.push(chunk("1mred"));
  const [line] = allOf(lines);
  expect(line?.parts.map(({ text, look }) => [text, look.color, look.isBold])).toEqual([
    ["ok", 2, true],
    [" ", null, false],
    ["plain", null, false],
    ["red", 1, false],
  ]);
});

test("each stream has its own look and its own unfinished escape", () => {
  const lines = new AnsiLines();
  lines.push(chunk("\x1b[31"));
  lines.push(chunk("\x1b[34mblue", "stderr"));
  lines.push(chunk("mred"));
  expect(lines.current?.parts.map(({ text, stream, look }) => [text, stream, look.color])).toEqual([
    ["blue", "stderr", 4],
    ["red", "stdout", 1],
  ]);
});

test("the 256 colours and those of red, green and blue", () => {
  expect(lookAfter(plainLook, "38;5;9").color).toBe(9);
  expect(lookAfter(plainLook, "38;5;196").color).toBe("rgb(255 0 0)");
  expect(lookAfter(plainLook, "48;5;244").background).toBe("rgb(128 128 128)");
  expect(lookAfter(plainLook, "38;2;1;2;999;4").color).toBe("rgb(1 2 255)");
  expect(lookAfter(lookAfter(plainLook, "38;2;1;2;3;1"), "39")).toEqual({ ...plainLook, isBold: true });
});

test("how the text was cut into chunks makes no difference", () => {
  const piece = fc.constantFrom("a", "\x1b[31m", "\x1b[0m", "\n", "\r", "\x1b", "[", "é", " ", "\x1b[1");
  fc.assert(
    fc.property(fc.array(piece), fc.array(fc.nat(60)), (pieces, cuts) => {
      const text = pieces.join("");
      const at = [...new Set(cuts.filter((cut) => cut < text.length))].sort((a, b) => a - b);
      const chunks = [0, ...at].map((from, i) => text.slice(from, at[i] ?? text.length));
      expect(linesOf(...chunks)).toEqual(linesOf(text));
    }),
  );
});
