import type { Brand } from "@pyprobe/base";
import type { Anchor, SourceSymbol } from "@pyprobe/protocol";

/** Names one anchor within a session: what the page keys panels, colours and wishes by, before a probe has an id. */
export type AnchorKey = Brand<string, "AnchorKey">;

export function anchorKey(anchor: Anchor): AnchorKey {
  return `${anchor.file}:${anchor.line}:${anchor.column}:${anchor.context}:${anchor.symbol}` as AnchorKey;
}

export function anchorOf(file: string, symbol: SourceSymbol): Anchor {
  const { line, column, context, function: functionName } = symbol;
  return { file, line, column, symbol: symbol.symbol, function: functionName, context };
}

/** The last part of a path, of either kind. */
export function baseName(path: string): string {
  return path.split(/[\\/]/).pop() ?? path;
}

/** `beat @ radio.py:12`, as headers and messages say it. */
export function anchorTitle(anchor: Anchor): string {
  return `${anchor.symbol} @ ${baseName(anchor.file)}:${anchor.line}`;
}
