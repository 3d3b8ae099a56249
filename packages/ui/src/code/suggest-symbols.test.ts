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
/** The first store of a name in a text. */
function storeOf(source: string, symbol: string, functionAt: (line: number) => string): SourceSymbol {
  const lines = source.split("\n");
  const line = lines.findIndex((content) => new RegExp(`\\b${symbol}\\b( \\+?=| in)`).test(content)) + 1;
  const column = lines[line - 1]?.indexOf(symbol) ?? 0;
  const place = { line, column, endLine: line, endColumn: column + symbol.length } as Pick<
    SourceSymbol,
    "line" | "column" | "endLine" | "endColumn"
  >;
  return { symbol, ...place, function: functionAt(line), context: "store" };
}

const stores = ["RATE", "name", "count", "samples", "spectrum", "i", "level"].map((symbol) =>
  storeOf(text, symbol, (line) => (line > 4 ? "main" : "")),
);

test("signals in loops first, never constants, loop counters or text", () => {
  expect(suggestSymbols(text, stores).map(({ symbol }) => symbol)).toEqual(["samples", "spectrum", "level"]);
});

const receiver = `def shape(block, tail):
    line = tail + block
    return [sum(line[n : n + 8]) for n in range(len(block))]

def recover(filtered, clock):
    while clock.next + 1 < len(filtered):
        at = [clock.next - 2, clock.next]
        strobe = filtered[int(at[0])]
    return strobe

def main():
    due = time.monotonic()
    while True:
        bits = [random.getrandbits(1) for _ in range(256)]
        samples = channel(transmit(bits))
        strobes = recover(shape(samples, tail), clock)
        symbols = turn(strobes, loop)
        due += 1 / 25

if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        print("stopped")
`;

test("of several loops the main function's, and of its names those of signals", () => {
  const names = ["line", "at", "strobe", "due", "bits", "samples", "strobes", "symbols"];
  const found = names.map((name) => storeOf(receiver, name, (line) => (line > 10 ? "main" : "recover")));
  expect(suggestSymbols(receiver, found).map(({ symbol }) => symbol)).toEqual(["samples", "strobes", "symbols"]);
});

test("a long file is looked through in no time", () => {
  const long = Array.from({ length: 20_000 }, (_, i) => `value_${i} = step(${i})`).join("\n");
  const found = Array.from({ length: 20_000 }, (_, i) => ({
    ...storeOf("value_0 = step(0)", "value_0", () => ""),
    symbol: `value_${i}`,
    line: i + 1,
  }));
  const startedAtMs = performance.now();
  expect(suggestSymbols(long, found as SourceSymbol[])).toHaveLength(3);
  expect(performance.now() - startedAtMs).toBeLessThan(4_000);
});

test("nothing to suggest in nothing", () => {
  expect(suggestSymbols("", [])).toEqual([]);
});
