/** Captured values as the text a Python user would write; for the value lens, inline values and read-outs. */

import { assertNever } from "@pyprobe/base";
import { formatCount } from "@pyprobe/plot";
import type { CaptureValue, JsonNumber, JsonScalar } from "@pyprobe/protocol";

const INTEGER_TYPE = /^(u?int\d*|bool)$/;

/** A scalar in full, as Python's `repr` has it: `True`, `1.0`, `1e-07`, `(0.5-1j)`. `type` tells ints and floats apart. */
export function formatScalar(value: JsonScalar, type: string): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "object") return formatComplex(value.re, value.im);
  if (typeof value === "string") return value;
  if (type === "bool") return value === 0 ? "False" : "True";
  return INTEGER_TYPE.test(type) ? formatInteger(value) : formatFloat(value);
}

function formatInteger(value: number): string {
  return Number.isInteger(value) ? BigInt(value).toString() : String(value);
}

/** The shortest text that reads back as the same double, by Python's rules: exponents below -4 and from 16 on. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (Object.is(value, -0)) return "-0.0";
  const [mantissa = "0", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (value !== 0 && (exponent < -4 || exponent >= 16)) {
    const sign = exponent < 0 ? "-" : "+";
    return `${mantissa}e${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const plain = exponent < 0 ? value.toFixed(decimalsOf(mantissa) - exponent) : String(value);
  return plain.includes(".") ? plain : `${plain}.0`;
}

function decimalsOf(mantissa: string): number {
  return mantissa.replace(/^-?\d\.?/, "").length;
}

function formatComplex(re: JsonNumber, im: JsonNumber): string {
  const imaginary = shortPart(im);
  if (Object.is(re, 0)) return `${imaginary}j`;
  const real = shortPart(re);
  const sign = imaginary.startsWith("-") ? "" : "+";
  return `(${real}${sign}${imaginary}j)`;
}

/** Python leaves the `.0` out of complex parts. */
function shortPart(part: JsonNumber): string {
  return typeof part === "string" ? part : formatFloat(part).replace(/\.0$/, "");
}

export function formatShape(shape: readonly number[]): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}

/** One line about any value: what a row of a tree or the end of a code line has room for. */
export function formatBrief(value: CaptureValue): string {
  switch (value.kind) {
    case "scalar":
      return formatScalar(value.value, value.type);
    case "array":
      return `${value.dtype}${formatShape(value.shape)}`;
    case "text":
      return JSON.stringify(value.value) + (value.length > value.value.length ? "…" : "");
    case "none":
      return "None";
    case "tree":
      return value.length === undefined ? value.type : `${value.type}, ${formatCount(value.length)} items`;
    default:
      return assertNever(value);
  }
}
