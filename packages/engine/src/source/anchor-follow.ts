/** Where an anchor stands after its file was edited. Pure. */
import type { Anchor, SourceSymbol } from "@pyprobe/protocol";
import { anchorOf } from "./anchor-query.ts";
import type { SourceText } from "./source-owner.ts";

/**
 * The same name, used in the same way in the same function: on the line that reads the same; else, when the function uses it as
 * often as before, the occurrence of the same rank; else the nearest. Undefined when the function has it no more.
 */
export function followAnchor(anchor: Anchor, before: SourceText, after: SourceText): Anchor | undefined {
  const old = occurrences(anchor, before);
  const now = occurrences(anchor, after);
  const self = old.find(({ line, column }) => line === anchor.line && column === anchor.column);
  const rankIn = (symbols: readonly SourceSymbol[]) => (self === undefined ? -1 : symbols.indexOf(self));
  const text = lineText(before, anchor.line);
  const sameText = now.filter(({ line }) => lineText(after, line) === text);
  // Of several occurrences on lines that read the same, the rank among those decides.
  const rankOnText = rankIn(old.filter(({ line }) => lineText(before, line) === text));
  const found =
    sameText[rankOnText] ?? (old.length === now.length ? now[rankIn(old)] : undefined) ?? nearest(now, anchor);
  return found === undefined ? undefined : anchorOf(found, anchor.file);
}

/** Whether an anchor stands in this text as it says. */
export function isAnchored(anchor: Anchor, { symbols }: SourceText): boolean {
  return symbols.symbols.some(
    (symbol) => symbol.line === anchor.line && symbol.column === anchor.column && isLike(symbol, anchor),
  );
}

function occurrences(anchor: Anchor, { symbols }: SourceText): SourceSymbol[] {
  return symbols.symbols.filter((symbol) => isLike(symbol, anchor));
}

function isLike(symbol: SourceSymbol, anchor: Anchor): boolean {
  return (
    symbol.symbol === anchor.symbol &&
    symbol.context === anchor.context &&
    symbol.function === anchor.function &&
    symbol.reason === undefined
  );
}

function nearest(symbols: readonly SourceSymbol[], { line }: Anchor): SourceSymbol | undefined {
  const distance = (symbol: SourceSymbol) => Math.abs(symbol.line - line);
  return symbols.toSorted((a, b) => distance(a) - distance(b))[0];
}

function lineText({ text }: SourceText, line: number): string {
  return text.split(/\r\n|\r|\n/)[line - 1]?.trim() ?? "";
}
