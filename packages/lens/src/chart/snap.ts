import type { PlottedLine, Scale } from "@pyprobe/plot";

export type SnapTarget = { readonly line: number; readonly point: number };

/** Points this near in x compete by their distance; otherwise the nearest in x wins. */
const REACH_CSS_PX = 4;
const MAX_LOOKED_AT = 512;

/** The point of the lines that the pointer means: near it in x first, then nearest of all. Undefined when there is none. */
export function findNearest(
  lines: readonly PlottedLine[],
  scales: { readonly x: Scale; readonly y: Scale },
  pointer: { readonly xCssPx: number; readonly yCssPx: number },
): SnapTarget | undefined {
  let best: SnapTarget | undefined;
  let bestDistance = Infinity;
  lines.forEach((line, lineNumber) => {
    const middle = lowerBound(line, scales.x.toData(pointer.xCssPx));
    const from = Math.max(0, middle - MAX_LOOKED_AT);
    const to = Math.min(line.length, middle + MAX_LOOKED_AT);
    for (let i = from; i < to; i++) {
      const yData = line.yData(i);
      if (Number.isNaN(yData)) continue;
      const dx = Math.max(0, Math.abs(scales.x.toPx(line.xData(i)) - pointer.xCssPx) - REACH_CSS_PX);
      const dy = Number.isFinite(yData) ? Math.abs(scales.y.toPx(yData) - pointer.yCssPx) : 1000;
      const distance = dx * 1000 + dy;
      if (distance < bestDistance) {
        bestDistance = distance;
        best = { line: lineNumber, point: i };
      }
    }
  });
  return best;
}

/** The first point at or right of `xData`. */
export function lowerBound(line: PlottedLine, xData: number): number {
  let low = 0;
  let high = line.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (line.xData(middle) < xData) low = middle + 1;
    else high = middle;
  }
  return low;
}
