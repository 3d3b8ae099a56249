/** Which names are worth a first click: stores in loops, best those that look like signals. Pure. */
import type { SourceSymbol } from "@pyprobe/protocol";

const SIGNAL_CALL =
  /\b(np|numpy|torch|scipy|signal|fft|filter|convolve|array|sin|cos|exp|cmath|math)\b|\[[^\]]*\bfor\b/;

/** The `count` most promising names of a file, in the order of the source; each name once. Of equals the later: it is nearer to the result. */
export function suggestSymbols(text: string, symbols: readonly SourceSymbol[], count = 3): readonly SourceSymbol[] {
  const lines = text.split(/\r\n|\r|\n/);
  const byName = new Map<string, { symbol: SourceSymbol; score: number }>();
  for (const symbol of symbols) {
    if (symbol.reason !== undefined || symbol.context !== "store") continue;
    const score = scoreOf(lines, symbol) + (isUsedAsArray(text, symbol.symbol) ? 3 : 0);
    const best = byName.get(symbol.symbol);
    if (best === undefined || score > best.score) byName.set(symbol.symbol, { symbol, score });
  }
  return [...byName.values()]
    .sort((a, b) => b.score - a.score || b.symbol.line - a.symbol.line)
    .slice(0, count)
    .map((entry) => entry.symbol)
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function scoreOf(lines: readonly string[], symbol: SourceSymbol): number {
  const line = lines[symbol.line - 1] ?? "";
  const right = line.slice(symbol.endColumn);
  let score = 0;
  const loop = loopOf(lines, symbol.line);
  if (loop !== undefined) score += 4;
  // A `while` is most often the one that keeps the program going.
  if (/^\s*while\b/.test(lines[(loop ?? 0) - 1] ?? "")) score += 2;
  if (symbol.symbol.length < 3) score -= 2;
  if (symbol.function !== "") score += 1;
  if (/^\s*(async\s+)?(for|with|import|from|class|def)\b/.test(line)) score -= 3;
  if (SIGNAL_CALL.test(right)) score += 3;
  else if (/[-+*/@]|\(/.test(right)) score += 2;
  if (/^_|^[A-Z0-9_]+$/.test(symbol.symbol)) score -= 4;
  if (/=\s*(-?[\d.]+|["'].*["']|None|True|False|\[\]|\{\})\s*(#.*)?$/.test(right)) score -= 3;
  return score;
}

/** Indexed, iterated or measured somewhere: most likely more than one number. */
function isUsedAsArray(text: string, name: string): boolean {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w.])(${escaped}\\[|(in|len\\(|np\\.\\w+\\()\\s*${escaped}\\b)`).test(text);
}

/** The line of the innermost loop around a line, by indentation. */
function loopOf(lines: readonly string[], line: number): number | undefined {
  let indent = indentOf(lines[line - 1] ?? "");
  for (let above = line - 1; above >= 1 && indent > 0; above -= 1) {
    const text = lines[above - 1] ?? "";
    if (text.trim() === "" || text.trimStart().startsWith("#") || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    if (/^\s*(async\s+)?(for|while)\b/.test(text)) return above;
    if (/^\s*(async\s+)?(def|class)\b/.test(text)) return undefined;
  }
  return undefined;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
