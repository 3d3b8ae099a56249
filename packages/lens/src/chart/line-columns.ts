/** How lines travel in a packet: all their points one after the other in `x` and `y`; `ends` tells where each line stops. */
import type { LinePoints, LineSummary, PlottedLine } from "@pyprobe/plot";
import type { Column, ViewPacket } from "@pyprobe/protocol";
import { getColumn } from "../packet-reader.ts";

export type LineColumns = { readonly x: Column; readonly y: Column; readonly ends: Uint32Array };

export function packLines(lines: readonly LinePoints[], xOf?: (line: LinePoints) => Float64Array): LineColumns {
  const length = lines.reduce((sum, line) => sum + line.value.length, 0);
  const x = xOf === undefined ? new Uint32Array(length) : new Float64Array(length);
  const y = new Float64Array(length);
  const ends = new Uint32Array(lines.length);
  let offset = 0;
  lines.forEach((line, i) => {
    x.set(xOf === undefined ? line.index : xOf(line), offset);
    y.set(line.value, offset);
    offset += line.value.length;
    ends[i] = offset;
  });
  return { x, y: shrinkValues(y, mergeSummaries(lines.map(({ summary }) => summary))), ends };
}

/**
 * Halves the bytes where nobody can see it: when every value is a float32, or when there are many and a float32's
 * rounding is below a thousandth of a pixel.
 */
function shrinkValues(values: Float64Array, summary: LineSummary): Float32Array | Float64Array {
  const small = Float32Array.from(values);
  const isExact = values.every((value, i) => Object.is(value, small[i]));
  if (isExact) return small;
  const magnitude = Math.max(Math.abs(summary.min), Math.abs(summary.max));
  const isFine = values.length > 4096 && magnitude < 1e38 && magnitude <= 16 * (summary.max - summary.min);
  return isFine ? small : values;
}

export function mergeSummaries(summaries: readonly LineSummary[]): LineSummary {
  return summaries.reduce(
    (sum, one) => ({
      min: Math.min(sum.min, one.min),
      max: Math.max(sum.max, one.max),
      count: sum.count + one.count,
      nanCount: sum.nanCount + one.nanCount,
      infiniteCount: sum.infiniteCount + one.infiniteCount,
    }),
    { min: Infinity, max: -Infinity, count: 0, nanCount: 0, infiniteCount: 0 },
  );
}

/** The summary as meta: ends of the range are null where there is no finite value. */
export function summaryMeta(summary: LineSummary): Record<string, number | null> {
  const hasRange = summary.min <= summary.max;
  return {
    yMin: hasRange ? summary.min : null,
    yMax: hasRange ? summary.max : null,
    count: summary.count,
    nan: summary.nanCount,
    infinite: summary.infiniteCount,
  };
}

/** The lines of a packet, with x in data units: `xFrom + x * xStep`. */
export function readLines(packet: ViewPacket, xFrom: number, xStep: number): PlottedLine[] {
  const x = getColumn(packet, "x");
  const y = getColumn(packet, "y");
  let start = 0;
  return Array.from(getColumn(packet, "ends"), (end) => {
    const first = start;
    start = end;
    return {
      length: end - first,
      xData: (i: number) => xFrom + (x[first + i] ?? 0) * xStep,
      yData: (i: number) => y[first + i] ?? Number.NaN,
    };
  });
}
