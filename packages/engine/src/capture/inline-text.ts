/** One short text for the end of a line of source: `0.7071`, `c64[1024] 0.98 rms`, `"text…"`, `Config(…)`. */
import { formatFloat } from "@pyprobe/lens";
import type { CaptureValue } from "@pyprobe/protocol";
import type { Description } from "./capture-json.ts";
import { shortNumber } from "./short-number.ts";

const TEXT_CHARACTERS = 32;
const ellipsis = "…";

export function inlineText({ value, stats }: Description): string {
  switch (value.kind) {
    case "none":
      return "None";
    case "text":
      return quoted(value);
    case "scalar":
      return scalarText(value);
    case "tree":
      return treeText(value);
    case "array":
      return arrayText(value, stats);
  }
}

function scalarText({ type, value }: CaptureValue & { kind: "scalar" }): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "object") {
    const im = shortPart(value.im);
    return `${shortPart(value.re)}${im.startsWith("-") ? "" : "+"}${im}j`;
  }
  if (typeof value === "string") return value.length > TEXT_CHARACTERS ? shortInteger(value) : value;
  if (type.startsWith("int") || type.startsWith("uint")) return String(value);
  // A float that happens to be whole still reads as a float.
  return Number.isInteger(value) && Math.abs(value) < 1e7 ? formatFloat(value) : shortNumber(value);
}

/** `1234567890…` has its length instead of its end. */
function shortInteger(digits: string): string {
  return `${digits.slice(0, 12)}${ellipsis} (${digits.replace("-", "").length} digits)`;
}

function shortPart(part: number | string): string {
  return typeof part === "string" ? part : shortNumber(part);
}

function arrayText(value: CaptureValue & { kind: "array" }, stats: Description["stats"]): string {
  const name = `${shortType(value.dtype)}[${value.shape.join("×")}]`;
  if (stats === undefined || stats.finite + stats.nan === 0) return name;
  const nan = stats.nan > 0 ? ` · ${stats.nan} nan` : "";
  if (stats.finite === 0) return `${name}${nan}`;
  if (value.dtype.startsWith("bool")) return `${name} ${shortNumber(100 * stats.mean)} % true`;
  const isWhole = typeof stats.min === "bigint" || /^[<>=|]?u?(int|i)\d/.test(value.dtype) || value.library === "bytes";
  if (isWhole) return `${name} ${stats.min}${ellipsis}${stats.max}${nan}`;
  return `${name} ${shortNumber(Number(stats.rms.toPrecision(3)))} rms${nan}`;
}

/** `complex64` → `c64`, `float32` → `f32`, `uint8` → `u8`. */
function shortType(dtype: string): string {
  return dtype.replace(/^(complex|float|uint|int)(?=\d+$)/, (family) => family.charAt(0));
}

function treeText({ type, length }: CaptureValue & { kind: "tree" }): string {
  const name = type.slice(type.lastIndexOf(".") + 1);
  return length === undefined ? `${name}(${ellipsis})` : `${name}[${length}]`;
}

function quoted({ value, length }: CaptureValue & { kind: "text" }): string {
  const start = [...value.slice(0, 2 * TEXT_CHARACTERS)].slice(0, TEXT_CHARACTERS).join("");
  return JSON.stringify(length > [...start].length ? `${start}${ellipsis}` : start);
}
