import { Text } from "@codemirror/state";
import type { SourceSymbol, SourceSymbols } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { SymbolIndex, stepLine } from "./symbol-index.ts";

const source = ["self.gain = a + b", "", 'print("ü", buf[i])', "b = a"];
const symbol = (text: string, line: number, column: number, changed: Partial<SourceSymbol> = {}) =>
  ({
    symbol: text,
    line,
    column,
    endLine: line,
    endColumn: column + text.length,
    function: "",
    context: "load",
    ...changed,
  }) as SourceSymbol;
const symbols = {
  file: "f.py",
  hash: "",
  scopes: [],
  symbols: [
    symbol("self.gain", 1, 0, { context: "store" }),
    symbol("self", 1, 0),
    symbol("a", 1, 12),
    symbol("b", 1, 16),
    symbol("print", 3, 0, { reason: "print is built in" }),
    symbol("buf[i]", 3, 11),
    symbol("i", 3, 15),
    symbol("b", 4, 0, { context: "store" }),
    symbol("a", 4, 4),
    symbol("gone", 9, 0),
  ],
} satisfies SourceSymbols;
const doc = Text.of(source);
const index = SymbolIndex.of("f.py", symbols, doc);
const at = (line: number, column: number) => index.find(doc.line(line).from + column)?.symbol.symbol;

test("the innermost name around a place", () => {
  expect([at(1, 2), at(1, 6), at(1, 13), at(3, 12), at(3, 15), at(3, 8), at(2, 0)]).toEqual([
    "self",
    "self.gain",
    "a",
    "buf[i]",
    "i",
    undefined,
    undefined,
  ]);
});

test("names that do not lie in the text are left out", () => {
  expect(index.spans.some((span) => span.symbol.symbol === "gone")).toBe(false);
});

test("walks over what can be probed, there and back", () => {
  const there: string[] = [];
  let span = index.step(-1, 1);
  while (span !== undefined) {
    there.push(span.symbol.symbol);
    span = index.step(span, 1);
  }
  expect(there).toEqual(["self.gain", "self", "a", "b", "buf[i]", "i", "b", "a"]);
  expect(index.step(doc.line(4).from + 4, -1)?.symbol.symbol).toBe("b");
});

test("up and down to the nearest name by column", () => {
  const from = doc.line(1).from + 12;
  expect(stepLine(index, doc, from, 1)?.symbol.symbol).toBe("buf[i]");
  expect(stepLine(index, doc, doc.line(4).from, -1)?.symbol.symbol).toBe("buf[i]");
  expect(stepLine(index, doc, from, -1)).toBeUndefined();
});
