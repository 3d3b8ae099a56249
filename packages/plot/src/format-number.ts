/** Numbers as text for people: never float noise, the same width rules everywhere, U+2212 as the minus sign. */

const MINUS = "\u2212";
const THIN_SPACE = "\u202f";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const SI_PREFIXES = [
  "q",
  "r",
  "y",
  "z",
  "a",
  "f",
  "p",
  "n",
  "µ",
  "m",
  "",
  "k",
  "M",
  "G",
  "T",
  "P",
  "E",
  "Z",
  "Y",
  "R",
  "Q",
];
const SI_ZERO = 10;

/** A read-out: up to `digits` significant digits, plain between 0.0001 and 10⁷ (and for shorter integers), else with an exponent. */
export function formatNumber(value: number, options: { readonly digits?: number } = {}): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "+∞" : `${MINUS}∞`;
  const magnitude = Math.abs(value);
  if (Number.isInteger(value) && magnitude < 1e7) return withMinus(String(value));
  const rounded = Number(value.toPrecision(options.digits ?? 6));
  if (magnitude >= 1e-4 && Math.abs(rounded) < 1e7) return withMinus(plainDecimal(rounded));
  return withMinus(rounded.toExponential().replace("e+", "e"));
}

/** A whole number with thin spaces between groups of three digits: `1 000 000`. */
export function formatCount(value: number): string {
  const digits = String(Math.round(Math.abs(value)));
  if (!/^\d+$/.test(digits)) return formatNumber(value);
  const grouped = digits.length < 5 ? digits : digits.replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
  return value < 0 && digits !== "0" ? MINUS + grouped : grouped;
}

/** An engineering number: `1.5 k`, `220 µV`, `0 V`. Values outside the prefixes get an exponent. */
export function formatSi(value: number, unit = "", options: { readonly digits?: number } = {}): string {
  if (!Number.isFinite(value)) return joined(formatNumber(value), unit);
  const rounded = Number(value.toPrecision(options.digits ?? 4));
  const step = rounded === 0 ? 0 : Math.floor(decimalExponent(rounded) / 3);
  const prefix = SI_PREFIXES[SI_ZERO + step];
  if (prefix === undefined) return joined(formatNumber(rounded), unit);
  return joined(withMinus(plainDecimal(scaledDown(rounded, 3 * step))), prefix + unit);
}

/** A duration or a time since the start, in seconds: `250 ns`, `1.5 ms`, `42.1 s`, `12:03.5`, `1:02:03`. */
export function formatTime(seconds: number, options: { readonly digits?: number } = {}): string {
  if (!Number.isFinite(seconds)) return joined(formatNumber(seconds), "s");
  if (Math.abs(seconds) < 1e-9) return joined(formatNumber(seconds * 1e9, { digits: 3 }), seconds === 0 ? "s" : "ns");
  if (Math.abs(seconds) < 120) return formatSi(seconds, "s", options);
  return formatClock(seconds, Math.max(0, (options.digits ?? 4) - 3));
}

/** `m:ss` or `h:mm:ss`, with decimals of the seconds. */
export function formatClock(seconds: number, decimals: number): string {
  const unit = 10 ** decimals;
  const total = Math.round(Math.abs(seconds) * unit);
  const whole = Math.floor(total / unit);
  const fraction = decimals === 0 ? "" : `.${String(total % unit).padStart(decimals, "0")}`;
  const minutes = Math.floor(whole / 60);
  const inMinute = String(whole % 60).padStart(2, "0") + fraction;
  const text =
    minutes < 60
      ? `${minutes}:${inMinute}`
      : `${Math.floor(minutes / 60)}:${String(minutes % 60).padStart(2, "0")}:${inMinute}`;
  return seconds < 0 && total > 0 ? MINUS + text : text;
}

/** `value` with exactly so many decimals, and never `-0`. */
export function formatFixed(value: number, decimals: number): string {
  const text = value.toFixed(Math.min(100, Math.max(0, decimals)));
  return withMinus(/^-[0.]*$/.test(text) ? text.slice(1) : text);
}

/** `×10⁻⁶`. */
export function formatPowerOfTen(exponent: number): string {
  const digits = [...String(Math.abs(exponent))].map((digit) => SUPERSCRIPTS[Number(digit)]).join("");
  return `×10${exponent < 0 ? "⁻" : ""}${digits}`;
}

/** SI prefix of 10 to the `exponent` (a multiple of 3), if there is one. */
export function siPrefix(exponent: number): string | undefined {
  return SI_PREFIXES[SI_ZERO + exponent / 3];
}

/** The exponent of the number in scientific notation. Exact, unlike the floor of a logarithm. */
export function decimalExponent(value: number): number {
  if (value === 0) return 0;
  const text = value.toExponential();
  return Number(text.slice(text.indexOf("e") + 1));
}

/** `value` divided by 10 to the `exponent`, rounded once in decimal: 3e-7 scaled by -9 is 300, not 300.00000000000006. */
export function scaledDown(value: number, exponent: number): number {
  const [mantissa = "0", own = "0"] = value.toExponential().split("e");
  return Number(`${mantissa}e${Number(own) - exponent}`);
}

function plainDecimal(value: number): string {
  const text = String(value);
  if (!text.includes("e")) return text;
  return value.toFixed(Math.max(0, Math.min(100, -decimalExponent(value) + 20))).replace(/\.?0+$/, "");
}

function withMinus(text: string): string {
  return text.startsWith("-") ? MINUS + text.slice(1) : text;
}

function joined(number: string, unit: string): string {
  return unit === "" ? number : `${number} ${unit}`;
}
