import { formatCount, formatNumber } from "@pyprobe/plot";
import type { CaptureValue, JsonNumber, JsonScalar } from "@pyprobe/protocol";
import type { ArrayDescription } from "../describe.ts";
import { formatBrief, formatScalar, formatShape } from "../format-value.ts";

/** Deeper levels of a tree than this are not unfolded: they would have no room. */
const MAX_DEPTH = 12;

/** A line of the value: what it is called and what it holds. `depth` indents it. */
export type ValueRow = { readonly depth: number; readonly key: string; readonly text: string };

/** A tree as indented rows, in order; at most `limit`. What was cut off in the agent is said in a last row. */
export function treeRows(value: Extract<CaptureValue, { kind: "tree" }>, limit: number): ValueRow[] {
  const rows: ValueRow[] = [];
  addItems(value, 0, limit, rows);
  return rows;
}

function addItems(
  value: Extract<CaptureValue, { kind: "tree" }>,
  depth: number,
  limit: number,
  rows: ValueRow[],
): void {
  for (const item of value.items) {
    if (rows.length >= limit) return;
    rows.push({ depth, key: item.key, text: formatBrief(item.value) });
    if (item.value.kind === "tree" && depth < MAX_DEPTH) addItems(item.value, depth + 1, limit, rows);
  }
  if (!value.truncated || rows.length >= limit) return;
  const missing = value.length === undefined ? 0 : value.length - value.items.length;
  rows.push({ depth, key: "…", text: missing > 0 ? `${formatCount(missing)} more` : "more, not captured" });
}

/** The facts about an array that are worth a line each. */
export function arrayFacts(value: ArrayDescription): ValueRow[] {
  const { stats } = value;
  const isComplex = typeof value.head[0] === "object";
  const facts = [{ key: "shape", text: formatShape(value.shape) }];
  if (stats !== undefined)
    facts.push(
      { key: isComplex ? "|min|" : "min", text: statText(stats.min) },
      { key: isComplex ? "|max|" : "max", text: statText(stats.max) },
      { key: "mean", text: statText(stats.mean) },
    );
  if (stats !== undefined && stats.nan > 0) facts.push({ key: "nan", text: formatCount(stats.nan) });
  if (stats?.infinite !== undefined) facts.push({ key: "infinite", text: formatCount(stats.infinite) });
  if (value.step !== undefined && value.step > 1)
    facts.push({ key: "step", text: `every ${formatCount(value.step)}th element` });
  return facts.map((fact) => ({ depth: 0, ...fact }));
}

function statText(value: JsonNumber | { re: JsonNumber; im: JsonNumber } | null): string {
  if (value === null) return "–";
  if (typeof value === "number") return formatNumber(value);
  if (typeof value === "string") return value;
  const im = partText(value.im);
  return `${partText(value.re)} ${im.startsWith("−") ? "−" : "+"} ${im.replace("−", "")}j`;
}

function partText(part: JsonNumber): string {
  return typeof part === "number" ? formatNumber(part, { digits: 4 }) : part;
}

/** The first elements, each with its index in the array, as Python writes them. */
export function headCells(value: ArrayDescription): readonly { readonly index: string; readonly text: string }[] {
  return value.head.map((element, i) => ({
    index: indexText(i * (value.step ?? 1), value.shape),
    text: elementText(element, value.dtype),
  }));
}

/** `[2, 0]` for the element at place 6 of rows of three. */
function indexText(flat: number, shape: readonly number[]): string {
  const parts: number[] = [];
  let rest = flat;
  for (const length of [...shape].reverse()) {
    parts.unshift(length === 0 ? 0 : rest % length);
    rest = length === 0 ? 0 : Math.floor(rest / length);
  }
  return `[${parts.join(", ")}]`;
}

function elementText(element: JsonScalar, dtype: string): string {
  if (typeof element === "number" && !/int|^[<>|=]?[iu]\d|bool|^bytes/.test(dtype)) return formatNumber(element);
  if (typeof element === "object") return statText(element);
  return formatScalar(element, typeof element === "number" ? "int" : dtype).replace(/^-/, "\u2212");
}
