/** From what a person types to a place in source: resolves queries with the names that the interpreter found. Pure. */
import {
  type Anchor,
  type AnchorContext,
  type AnchorQuery,
  CallError,
  type SourceSymbol,
  type SourceSymbols,
} from "@pyprobe/protocol";

/** Of several occurrences on a line, people mean the one that changes the value. */
const PREFERENCE: readonly AnchorContext[] = ["store", "parameter", "load"];
const MAX_NAMED = 8;

/** Throws a `CallError` that says what is there instead. */
export function resolveQuery(query: AnchorQuery, symbols: SourceSymbols, text: string): Anchor {
  if (symbols.error !== undefined) {
    const { line, message } = symbols.error;
    throw refusal(query, "does_not_parse", `the file does not parse (line ${line}: ${message})`);
  }
  const onLine = symbols.symbols.filter(({ line, endLine }) => line <= query.line && query.line <= endLine);
  const named = findNamed(onLine, query);
  if (named.length === 0) throw refusal(query, "no_such_name", explainMissing(query, { onLine, symbols, text }));
  const chosen = choose(named, query);
  if (chosen === undefined) {
    const columns = named.map(({ column }) => column + 1).join(", ");
    throw refusal(query, "no_such_name", `it does not stand at that column (it does at ${columns})`);
  }
  if (chosen.reason !== undefined) throw refusal(query, "not_probeable", chosen.reason);
  return anchorOf(chosen, query.file);
}

export function anchorOf({ symbol, line, column, function: enclosing, context }: SourceSymbol, file: string): Anchor {
  return { file, line, column, symbol, function: enclosing, context };
}

/** The last name of an attribute or subscript target: `gain` of `self.gain`, `taps` of `self.taps[i]`. */
export function lastName(symbol: string): string {
  let name = symbol.trim();
  while (name.endsWith("]")) {
    const start = openingBracket(name);
    if (start <= 0) return name;
    name = name.slice(0, start).trim();
  }
  return name.slice(name.lastIndexOf(".") + 1).trim();
}

/** As written first; only when nothing is written like that, by the last name. */
function findNamed(onLine: readonly SourceSymbol[], query: AnchorQuery): SourceSymbol[] {
  const starting = onLine.filter(({ line }) => line === query.line);
  for (const candidates of [starting, onLine]) {
    const written = candidates.filter(({ symbol }) => squeeze(symbol) === squeeze(query.symbol));
    if (written.length > 0) return written;
    const byLastName = candidates.filter(({ symbol }) => lastName(symbol) === query.symbol);
    if (byLastName.length > 0) return byLastName;
  }
  return [];
}

function choose(named: readonly SourceSymbol[], { column, line }: AnchorQuery): SourceSymbol | undefined {
  if (column !== undefined) {
    return (
      named.find((symbol) => symbol.line === line && symbol.column === column) ??
      named.find((symbol) => symbol.line === line && symbol.column <= column && isBefore(symbol, line, column))
    );
  }
  // What can be probed is meant before what cannot.
  for (const candidates of [named.filter(({ reason }) => reason === undefined), named]) {
    for (const context of PREFERENCE) {
      const found = candidates.find((symbol) => symbol.context === context);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}

/** Whether the symbol's last character stands at or after the column. */
function isBefore({ endLine, endColumn }: SourceSymbol, line: number, column: number): boolean {
  return endLine > line || column < endColumn;
}

function explainMissing(
  query: AnchorQuery,
  file: { onLine: readonly SourceSymbol[]; symbols: SourceSymbols; text: string },
): string {
  const lines = file.text.split(/\r\n|\r|\n/);
  const count = lines.length - (lines.at(-1) === "" ? 1 : 0);
  if (query.line > count) return `the file has ${count} ${count === 1 ? "line" : "lines"}`;
  const elsewhere = linesWith(query.symbol, file.symbols);
  const hint = elsewhere === "" ? "" : `; "${query.symbol}" stands on ${elsewhere}`;
  if (file.onLine.length > 0) {
    const names = [...new Set(file.onLine.map(({ symbol }) => `"${symbol}"`))];
    const shown = names.slice(0, MAX_NAMED).join(", ") + (names.length > MAX_NAMED ? ", …" : "");
    return `the line has no such name (it has ${shown}${hint})`;
  }
  const text = lines[query.line - 1]?.trim() ?? "";
  const next = file.symbols.symbols.map(({ line }) => line).find((line) => line > query.line);
  const then = next === undefined ? "" : `next line with names is ${next}`;
  const details = [then, hint.slice(2)].filter((part) => part !== "").join("; ");
  const what = text === "" || text.startsWith("#") ? "the line has no code" : "the line has no names";
  return details === "" ? what : `${what} (${details})`;
}

function linesWith(name: string, { symbols }: SourceSymbols): string {
  const matching = symbols.filter(({ symbol }) => squeeze(symbol) === squeeze(name) || lastName(symbol) === name);
  const lines = [...new Set(matching.map(({ line }) => line))].sort((a, b) => a - b);
  if (lines.length === 0) return "";
  const shown = lines.slice(0, MAX_NAMED).join(", ") + (lines.length > MAX_NAMED ? ", …" : "");
  return `${lines.length === 1 ? "line" : "lines"} ${shown}`;
}

function refusal(
  { file, line, column, symbol }: AnchorQuery,
  code: "does_not_parse" | "no_such_name" | "not_probeable",
  reason: string,
): CallError {
  const place = column === undefined ? `${file}:${line}` : `${file}:${line}:${column + 1}`;
  return new CallError(code, `Cannot place probe on "${symbol}" at ${place}: ${reason}`);
}

/** `buf[ i ]` and `buf[i]` are written alike. */
function squeeze(symbol: string): string {
  return symbol.replaceAll(/\s+/g, "");
}

function openingBracket(name: string): number {
  let depth = 0;
  for (let index = name.length - 1; index >= 0; index -= 1) {
    if (name[index] === "]") depth += 1;
    if (name[index] === "[") depth -= 1;
    if (depth === 0) return index;
  }
  return -1;
}
