import type { AxisTicks, DataRange } from "@pyprobe/plot";

/** Booleans are drawn as 0 and 1 and named as Python names them. */
export const booleanRange: DataRange = [-0.15, 1.15];

export const booleanTicks = {
  ticks: (range: DataRange): AxisTicks => ({
    ticks: [
      { value: 0, label: "False" },
      { value: 1, label: "True" },
    ].filter(({ value }) => value >= range[0] && value <= range[1]),
    note: null,
  }),
  format: (value: number): string => (value === 0 ? "False" : value === 1 ? "True" : String(value)),
};
