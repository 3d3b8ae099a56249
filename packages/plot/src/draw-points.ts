import type { PlotArea } from "./layout.ts";
import type { PlottedPoints } from "./plotted.ts";
import type { Scale } from "./scale.ts";
import type { Surface } from "./surface.ts";

/** One path holds this share of the discs: where discs of different paths overlap the colour adds up, so crowds look denser. */
const PATHS = 32;
/** More points than this are drawn as small squares: 4,096 discs were measured to take 20 ms, squares 3 ms. */
const MAX_DISCS = 512;
const SQUARE_CSS_PX = 3;

/** Points, smaller and more transparent the more there are; `faintness` divides what is left of their opacity. */
export function drawPoints(
  surface: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  points: PlottedPoints,
  { color, faintness = 1 }: { readonly color: string; readonly faintness?: number },
): void {
  const { canvas } = surface;
  canvas.save();
  canvas.beginPath();
  canvas.rect(area.leftCssPx, area.topCssPx, area.widthCssPx, area.heightCssPx);
  canvas.clip();
  canvas.fillStyle = color;
  canvas.globalAlpha = opacityOf(points.length) / faintness;
  if (points.length <= MAX_DISCS) fillDiscs(surface, area, scales, points);
  else fillSquares(surface, scales, points);
  canvas.restore();
}

/** Few points stand out by themselves; of many, only crowds should. */
function opacityOf(count: number): number {
  if (count <= 64) return 0.9;
  return count <= 1500 ? 0.75 : 0.5;
}

function fillDiscs(
  { canvas }: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  points: PlottedPoints,
): void {
  const largest = Math.min(area.widthCssPx, area.heightCssPx) < 200 ? 3 : 4;
  const radius = points.length <= 64 ? largest : largest - 1.25;
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
}

/** On whole device pixels, so that all look the same. */
function fillSquares(
  { canvas, devicePixelRatio }: Surface,
  scales: { readonly x: Scale; readonly y: Scale },
  points: PlottedPoints,
): void {
  const side = Math.max(2, Math.round(SQUARE_CSS_PX * devicePixelRatio));
  for (let i = 0; i < points.length; i++) {
    const left = Math.round(scales.x.toPx(points.xData(i)) * devicePixelRatio - side / 2);
    const top = Math.round(scales.y.toPx(points.yData(i)) * devicePixelRatio - side / 2);
    canvas.fillRect(left / devicePixelRatio, top / devicePixelRatio, side / devicePixelRatio, side / devicePixelRatio);
  }
}
