import type { SourceSymbol } from "@pyprobe/protocol";
import { expect, test } from "vitest";
import { anchor, probe } from "../state/test-session.ts";
import { recordedSymbols } from "./recorded-symbols.ts";

test("only what was watched stays clickable; a reason that was there stays", () => {
  const { file, ...place } = anchor("x");
  const x = { ...place, endLine: place.line, endColumn: place.column } as SourceSymbol;
  const symbols = [x, { ...x, symbol: "y" }, { ...x, symbol: "np", reason: "np is a module" }];
  const recorded = recordedSymbols({ file, hash: "", symbols, scopes: [] }, [probe("p1", "x")]);
  expect(recorded.symbols.map((symbol) => symbol.reason)).toEqual([
    undefined,
    "This is a recording, and the name was not watched in it",
    "np is a module",
  ]);
});
