import type { SourceSymbol } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { suggestSymbols } from "./suggest-symbols.ts";

const text = `import numpy as np
RATE = 48000
name = "demo"
def main():
    count = 0
    while True:
        samples = receive(RATE)
        spectrum = np.fft.fft(samples)
        for i in range(10):
            level = abs(spectrum[i])
        count += 1
`;
const lines = text.split("\n");
const stores = ["RATE", "name", "count", "samples", "spectrum", "i", "level"].map((symbol): SourceSymbol => {
  const line = lines.findIndex((content) => new RegExp(`\\b${symbol}\\b( =| in)`).test(content)) + 1;
  const column = lines[line - 1]?.indexOf(symbol) ?? 0;
  const place = { line, column, endLine: line, endColumn: column + symbol.length } as Pick<
    SourceSymbol,
    "line" | "column" | "endLine" | "endColumn"
  >;
  return { symbol, ...place, function: line > 4 ? "main" : "", context: "store" };
});

test("signals in loops first, never constants, loop counters or text", () => {
  expect(suggestSymbols(text, stores).map(({ symbol }) => symbol)).toEqual(["samples", "spectrum", "level"]);
});

test("nothing to suggest in nothing", () => {
  expect(suggestSymbols("", [])).toEqual([]);
});
