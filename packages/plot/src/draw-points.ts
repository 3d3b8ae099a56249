import type { PlotArea } from "./layout.ts";
import type { Scale } from "./scale.ts";
import type { Surface } from "./surface.ts";

export type PlottedPoints = {
  readonly length: number;
  readonly xData: (i: number) => number;
  readonly yData: (i: number) => number;
};

/** One path holds this share of the discs: where discs of different paths overlap the colour adds up, so crowds look denser. */
const PATHS = 32;

/** Discs, smaller and more transparent the more there are. */
export function drawPoints(
  surface: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  points: PlottedPoints,
  color: string,
): void {
  const { canvas } = surface;
  const radius = discRadius(points.length, area);
  canvas.save();
  canvas.beginPath();
  canvas.rect(area.leftCssPx, area.topCssPx, area.widthCssPx, area.heightCssPx);
  canvas.clip();
  canvas.fillStyle = color;
  canvas.globalAlpha = points.length <= 64 ? 0.9 : points.length <= 512 ? 0.75 : 0.5;
  for (let path = 0; path < Math.min(PATHS, points.length); path++) {
    canvas.beginPath();
    for (let i = path; i < points.length; i += PATHS) {
      const x = scales.x.toPx(points.xData(i));
      const y = scales.y.toPx(points.yData(i));
      canvas.moveTo(x + radius, y);
      canvas.arc(x, y, radius, 0, 2 * Math.PI);
    }
    canvas.fill();
  }
  canvas.restore();
}

function discRadius(count: number, area: PlotArea): number {
  const largest = Math.min(area.widthCssPx, area.heightCssPx) < 200 ? 3 : 4;
  return count <= 64 ? largest : count <= 512 ? largest - 1 : 1.75;
}
