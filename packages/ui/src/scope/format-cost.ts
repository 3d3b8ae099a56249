/** Numbers of the header and the cost meter in few characters. Pure. */

import { groupDigits } from "../state/group-digits.ts";

/** 1 234 567 → `1.2M`; below 10 000 exact. */
export function shortCount(count: number): string {
  if (count < 10_000) return groupDigits(count);
  if (count < 1e6) return `${trim(count / 1e3)}k`;
  if (count < 1e9) return `${trim(count / 1e6)}M`;
  return `${trim(count / 1e9)}G`;
}

export function formatRate(hz: number): string {
  if (hz <= 0) return "0/s";
  return hz < 10 ? `${trim(hz)}/s` : `${shortCount(Math.round(hz))}/s`;
}

export function formatBytes(bytes: number): string {
  if (bytes < 1_000) return `${Math.round(bytes)} B`;
  if (bytes < 1e6) return `${trim(bytes / 1e3)} kB`;
  if (bytes < 1e9) return `${trim(bytes / 1e6)} MB`;
  return `${trim(bytes / 1e9)} GB`;
}

export function formatNanoseconds(ns: number): string {
  if (ns < 1_000) return `${Math.round(ns)} ns`;
  if (ns < 1e6) return `${trim(ns / 1e3)} µs`;
  return `${trim(ns / 1e6)} ms`;
}

export function formatPercent(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 0.1 ? "<0.1 %" : `${percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}

function trim(value: number): string {
  return value < 10 ? value.toFixed(1).replace(/\.0$/, "") : String(Math.round(value));
}
