/** Numbers as Python writes them. */

/** `repr` of a float: shortest digits that give the same number back, exponents as Python chooses them. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  const [digits = "", exponentText = "0"] = value.toExponential().split("e");
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 16) {
    return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
  }
  const places = Math.max(0, digits.replace("-", "").replace(".", "").length - 1 - exponent);
  return places === 0 ? `${value.toFixed(0)}.0` : value.toFixed(places);
}

export function pythonScalar(value: boolean | { re: number; im: number }): string {
  if (typeof value === "boolean") return value ? "True" : "False";
  const im = complexPart(value.im);
  if (value.re === 0 && !Object.is(value.re, -0)) return `${im}j`;
  return `(${complexPart(value.re)}${im.startsWith("-") ? "" : "+"}${im}j)`;
}

/** Python leaves out the `.0` inside of complex numbers. */
function complexPart(value: number): string {
  return pythonFloat(value).replace(/\.0$/, "");
}

/** For reading at a glance: four significant digits below one, six above, and no integer digit lost below ten million. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return pythonFloat(value);
  if (Number.isInteger(value) && Math.abs(value) < 1e7) return String(value);
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-4)
    return value
      .toExponential(3)
      .replace(/\.?0+e/, "e")
      .replace("e+", "e");
  const digits = size < 1 ? 4 : Math.max(6, Math.floor(Math.log10(size)) + 1);
  return String(Number(value.toPrecision(digits)));
}
