/** One line of the report: what was measured on what, what came out, and what was demanded. */
import type { Spread } from "./statistics.ts";

export type Demand = { readonly direction: "at_most" | "at_least"; readonly must?: number; readonly aim?: number };

export type Row = {
  readonly section: string;
  readonly what: string;
  /** `Python 3.13.0`, `Chromium 156`, … */
  readonly on: string;
  readonly unit: Unit;
  readonly spread: Spread;
  readonly demand?: Demand;
  readonly remark?: string;
};

export type Unit = "×" | "ns" | "ms" | "s" | "1/s" | "Hz" | "MB" | "";

export type Verdict = "aim reached" | "holds" | "falls short" | "for comparison";

export function verdictOf({ demand, spread }: Row): Verdict {
  if (demand === undefined) return "for comparison";
  const meets = (bound: number | undefined): boolean =>
    bound !== undefined && (demand.direction === "at_most" ? spread.median <= bound : spread.median >= bound);
  if (meets(demand.aim)) return "aim reached";
  return demand.must === undefined || meets(demand.must) ? "holds" : "falls short";
}

export function boundsText({ demand, unit }: Row): string {
  if (demand === undefined) return "";
  const sign = demand.direction === "at_most" ? "≤" : "≥";
  const bound = (value: number | undefined, label: string) =>
    value === undefined ? [] : [`${label} ${sign} ${numberText(value)}${unitText(unit)}`];
  return [...bound(demand.must, "must"), ...bound(demand.aim, "aim")].join(", ");
}

export function spreadText({ spread, unit }: Row): string {
  const { median, low, high, count } = spread;
  const range = count > 1 ? ` (${numberText(low)} to ${numberText(high)})` : "";
  return `${numberText(median)}${unitText(unit)}${range}`;
}

function unitText(unit: Unit): string {
  return unit === "" ? "" : ` ${unit}`;
}

/** Three digits that mean something, thousands set apart. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1000) return String(value);
  if (size >= 1000) return Math.round(value).toLocaleString("en-US");
  if (size >= 100) return value.toFixed(0);
  if (size >= 10) return value.toFixed(1);
  return value.toFixed(2);
}
