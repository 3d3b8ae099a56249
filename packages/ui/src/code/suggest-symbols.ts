/** Which names are worth a first click: stores in the loop that keeps the program going, best those that are called like signals. Pure. */
import type { SourceSymbol } from "@pyprobe/protocol";

/** What people call arrays of samples, as a part of the name: `rx_samples`, `iq`, `spectrum`, `x`. */
const SIGNAL_NAME =
  /(^|_)(symbols?|strobes?|samples?|spectr(um|a|ogram)|psd|fft|iq|i_?q|signals?|sig|wave(form)?s?|audio|frames?|images?|pixels?|tones?|pulses?|filtered|received|rx|tx|outputs?|data|buf(fer)?|blocks?|chunks?|x|y|z|history|loss(es)?|predictions?|points?|weights|activations?)(\d*)(_|$)/i;
/** What people call numbers that only keep the books. */
const BOOKKEEPING_NAME =
  /(^|_)(i|j|k|n|t|at|due|now|start|stop|end|idx|index|count(er)?|total|bits?|flags?|done|args?|parser|path|file|name|line|key|rng|seed|state|locked|size|len(gth)?)(\d*)(_|$)/i;
const SIGNAL_CALL =
  /\b(np|numpy|torch|scipy|signal|fft|filter|convolve|array|sin|cos|exp|cmath|math)\b|\[[^\]]*\bfor\b/;

type Loop = { readonly line: number; readonly isWhile: boolean };
type Scored = { readonly symbol: SourceSymbol; readonly score: number };

/** The `count` most promising names of a file, in the order of the source; each name once. Of equals the later: it is nearer to the result. */
export function suggestSymbols(text: string, symbols: readonly SourceSymbol[], count = 3): readonly SourceSymbol[] {
  const lines = text.split(/\r\n|\r|\n/);
  const main = mainFunction(lines);
  const arrays = namesUsedAsArrays(text);
  const byName = new Map<string, Scored>();
  for (const symbol of symbols) {
    if (symbol.reason !== undefined || symbol.context !== "store") continue;
    const isMain = symbol.function === "" || symbol.function === main;
    const score = scoreOf(lines, symbol, isMain) + (arrays.has(symbol.symbol) ? 3 : 0);
    const best = byName.get(symbol.symbol);
    if (best === undefined || score > best.score) byName.set(symbol.symbol, { symbol, score });
  }
  return [...byName.values()]
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || b.symbol.line - a.symbol.line)
    .slice(0, count)
    .map((entry) => entry.symbol)
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

function scoreOf(lines: readonly string[], symbol: SourceSymbol, isMain: boolean): number {
  const line = lines[symbol.line - 1] ?? "";
  const right = line.slice(symbol.endColumn);
  const loop = loopOf(lines, symbol.line);
  let score = 0;
  if (loop !== undefined) score += 4;
  // A `while` of the main function is most often the one that keeps the program going.
  if (loop?.isWhile) score += isMain ? 4 : 1;
  if (symbol.function !== "") score += 1;
  if (/^\s*(async\s+)?(for|with|import|from|class|def)\b/.test(line)) score -= 3;
  // The variable of a comprehension.
  else if (/\bfor\s+[\w\s,(]*$/.test(line.slice(0, symbol.column))) score -= 8;
  if (/=\s*(-?[\d.]+|["'].*["']|None|True|False|\[\]|\{\})\s*(#.*)?$/.test(right)) score -= 3;
  return score + nameScore(symbol.symbol) + rightScore(right);
}

function nameScore(name: string): number {
  if (/^_|^[A-Z0-9_]+$/.test(name)) return -4;
  if (SIGNAL_NAME.test(name)) return 4;
  if (BOOKKEEPING_NAME.test(name) || name.length < 3) return -3;
  return 0;
}

/** What is computed is more telling than what is only set. */
function rightScore(right: string): number {
  if (SIGNAL_CALL.test(right)) return 3;
  return /[-+*/@]|\(/.test(right) ? 2 : 0;
}

/** The function that the module calls last, on its own or below `if __name__ == "__main__"`. */
function mainFunction(lines: readonly string[]): string | undefined {
  let from = lines.findLastIndex((line) => /^if\s+__name__\s*==/.test(line));
  if (from < 0) from = lines.length - 1;
  const calls = lines.flatMap((line, at) => {
    const name = /^(?:\s*)(?:return |await |sys\.exit\(|raise SystemExit\(|asyncio\.run\()*([A-Za-z_]\w*)\(/.exec(
      line,
    )?.[1];
    return name !== undefined && (at >= from || !/^\s/.test(line)) ? [name] : [];
  });
  return calls.findLast((name) => lines.some((line) => new RegExp(`^(async\\s+)?def\\s+${name}\\b`).test(line)));
}

/** Indexed, iterated or measured somewhere: most likely more than one number. One pass, files may be long. */
function namesUsedAsArrays(text: string): ReadonlySet<string> {
  const uses = text.matchAll(/(?<![\w.])([A-Za-z_][\w.]*)\[|(?:\bin\s+|\blen\(\s*|\bnp\.\w+\(\s*)([A-Za-z_][\w.]*)/g);
  return new Set([...uses].flatMap(([, indexed, read]) => indexed ?? read ?? []));
}

/** The innermost loop around a line, by indentation. */
function loopOf(lines: readonly string[], line: number): Loop | undefined {
  let indent = indentOf(lines[line - 1] ?? "");
  for (let above = line - 1; above >= 1 && indent > 0; above -= 1) {
    const text = lines[above - 1] ?? "";
    if (text.trim() === "" || text.trimStart().startsWith("#") || indentOf(text) >= indent) continue;
    indent = indentOf(text);
    if (/^\s*(async\s+)?(for|while)\b/.test(text)) return { line: above, isWhile: /^\s*while\b/.test(text) };
    if (/^\s*(async\s+)?(def|class)\b/.test(text)) return undefined;
  }
  return undefined;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}
