/** Where the names of a file stand, as offsets of the editor's document. Pure. */
import type { Text } from "@codemirror/state";
import type { SourceSymbol, SourceSymbols } from "@pyprobe/protocol";
import { type AnchorKey, anchorKey, anchorOf } from "../state/anchor-key.ts";

/** One name with its half-open range of offsets. */
export type SymbolSpan = {
  readonly from: number;
  readonly to: number;
  readonly key: AnchorKey;
  readonly symbol: SourceSymbol;
};

export class SymbolIndex {
  /** By start, then the longer first: of two that begin together the inner one comes last. */
  readonly spans: readonly SymbolSpan[];
  /** Those that can be probed. */
  readonly probeable: readonly SymbolSpan[];

  constructor(spans: readonly SymbolSpan[]) {
    this.spans = spans;
    this.probeable = spans.filter((span) => span.symbol.reason === undefined);
  }

  /** Names whose range does not lie in `doc` (text and names of different versions) are left out. */
  static of(file: string, symbols: SourceSymbols, doc: Text): SymbolIndex {
    const spans: SymbolSpan[] = [];
    for (const symbol of symbols.symbols) {
      const from = offsetOf(doc, symbol.line, symbol.column);
      const to = offsetOf(doc, symbol.endLine, symbol.endColumn);
      if (from === undefined || to === undefined || to <= from) continue;
      spans.push({ from, to, key: anchorKey(anchorOf(file, symbol)), symbol });
    }
    spans.sort((a, b) => a.from - b.from || b.to - a.to);
    return new SymbolIndex(spans);
  }

  /** The innermost name around `offset`, its ends included. */
  find(offset: number): SymbolSpan | undefined {
    let best: SymbolSpan | undefined;
    for (let i = this.#firstAfter(this.spans, offset) - 1; i >= 0; i -= 1) {
      const span = this.spans[i];
      if (span === undefined || offset - span.from > LONGEST) break;
      if (offset <= span.to && (best === undefined || span.to - span.from < best.to - best.from)) best = span;
    }
    return best;
  }

  /** The next name that can be probed after a name or an offset, or the one before it. */
  step(from: SymbolSpan | number, direction: 1 | -1): SymbolSpan | undefined {
    const known = typeof from === "number" ? -1 : this.probeable.indexOf(from);
    if (known >= 0) return this.probeable[known + direction];
    const offset = typeof from === "number" ? from : from.from;
    if (direction === 1) return this.probeable[this.#firstAfter(this.probeable, offset)];
    return this.probeable[this.#firstAfter(this.probeable, offset - 1) - 1];
  }

  #firstAfter(spans: readonly SymbolSpan[], offset: number): number {
    let low = 0;
    let high = spans.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const span = spans[middle];
      if (span !== undefined && span.from <= offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** No name is longer: bounds the search to the left. */
const LONGEST = 400;

function offsetOf(doc: Text, line: number, column: number): number | undefined {
  if (line > doc.lines) return undefined;
  const { from, to } = doc.line(line);
  return from + column <= to ? from + column : undefined;
}

/** Among the names on the nearest line below (or above) that has one, that which is nearest to `column`. */
export function stepLine(index: SymbolIndex, doc: Text, offset: number, direction: 1 | -1): SymbolSpan | undefined {
  const line = doc.lineAt(offset);
  const column = offset - line.from;
  const beyond = index.probeable.filter((span) => (direction === 1 ? span.from > line.to : span.from < line.from));
  const first = direction === 1 ? beyond[0] : beyond.at(-1);
  if (first === undefined) return undefined;
  const target = doc.lineAt(first.from);
  const onLine = beyond.filter((span) => span.from >= target.from && span.from <= target.to);
  const distance = (span: SymbolSpan) => Math.abs(span.from - target.from - column);
  return onLine.reduce((best, span) => (distance(span) < distance(best) ? span : best), first);
}
