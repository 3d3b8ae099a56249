import { formatFloat } from "@pyprobe/lens";

/** For reading at a glance: four significant digits below one, six above, and no integer digit lost below ten million. */
export function shortNumber(value: number): string {
  if (!Number.isFinite(value)) return formatFloat(value);
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
