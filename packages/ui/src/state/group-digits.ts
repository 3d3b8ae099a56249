const grouped = new Intl.NumberFormat("en");

/** 1234567 → `1,234,567`. One formatter for all: `toLocaleString` makes a new one each time, which hundreds of probes would feel. */
export function groupDigits(count: number): string {
  return grouped.format(count);
}
