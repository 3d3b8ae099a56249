import type { PlotArea } from "./layout.ts";
import { crisp, type Surface, setFont } from "./surface.ts";

/** A sample under the crosshair: where it is drawn and in which colour. */
/** A line of the read-out; with a colour, a swatch of it stands before the text. */
export type BoxLine = { readonly text: string; readonly color?: string };

export type SnapPoint = { readonly xCssPx: number; readonly yCssPx: number; readonly color: string };

/** Hairline through the sample nearest to the pointer, a ring on each line there, and a box with their values that stays inside the plot. */
export function drawCrosshair(
  surface: Surface,
  area: PlotArea,
  points: readonly SnapPoint[],
  lines: readonly BoxLine[],
): void {
  const first = points[0];
  if (first === undefined) return;
  const { canvas, colors, devicePixelRatio } = surface;
  const x = crisp(first.xCssPx, devicePixelRatio);
  canvas.beginPath();
  canvas.moveTo(x, area.topCssPx);
  canvas.lineTo(x, area.topCssPx + area.heightCssPx);
  canvas.strokeStyle = colors.text;
  canvas.globalAlpha = 0.5;
  canvas.lineWidth = 1 / devicePixelRatio;
  canvas.stroke();
  canvas.globalAlpha = 1;
  for (const point of points) drawMarker(surface, point);
  drawBox(surface, area, { xCssPx: first.xCssPx, yCssPx: first.yCssPx }, lines);
}

/** A ring around a sample. */
export function drawMarker({ canvas, colors }: Surface, point: SnapPoint): void {
  canvas.beginPath();
  canvas.arc(point.xCssPx, point.yCssPx, 4, 0, 2 * Math.PI);
  canvas.fillStyle = colors.background;
  canvas.fill();
  canvas.strokeStyle = point.color;
  canvas.lineWidth = 2;
  canvas.stroke();
}

/** The box stands right of the point, or left of it where there is no room; never outside the canvas. */
export function drawBox(
  surface: Surface,
  area: PlotArea,
  at: { readonly xCssPx: number; readonly yCssPx: number },
  lines: readonly BoxLine[],
): void {
  const { canvas, colors, devicePixelRatio } = surface;
  setFont(surface, area.fontSizeCssPx);
  const lineHeight = Math.round(area.fontSizeCssPx * 1.4);
  const room = Math.max(1, Math.floor((area.heightCssPx - 10) / lineHeight));
  const shown =
    lines.length <= room ? lines : [...lines.slice(0, room - 1), { text: `and ${lines.length - room + 1} more` }];
  const width = Math.max(...shown.map((line) => canvas.measureText(line.text).width + textIndent(line))) + 12;
  const height = shown.length * lineHeight + 6;
  const hasRoomRight = at.xCssPx + 12 + width <= surface.widthCssPx - 2;
  const leftWanted = hasRoomRight ? at.xCssPx + 12 : at.xCssPx - 12 - width;
  const left = crisp(Math.max(2, Math.min(leftWanted, surface.widthCssPx - width - 2)), devicePixelRatio);
  const lowest = area.topCssPx + area.heightCssPx - height - 2;
  const top = crisp(Math.max(2, Math.min(at.yCssPx - height - 8, lowest)), devicePixelRatio);
  canvas.fillStyle = colors.background;
  canvas.globalAlpha = 0.92;
  canvas.fillRect(left, top, width, height);
  canvas.globalAlpha = 1;
  canvas.strokeStyle = colors.axis;
  canvas.lineWidth = 1 / devicePixelRatio;
  canvas.strokeRect(left, top, width, height);
  canvas.fillStyle = colors.text;
  canvas.textAlign = "left";
  canvas.textBaseline = "middle";
  shown.forEach((line, i) => {
    const middle = top + 3 + (i + 0.5) * lineHeight;
    canvas.fillStyle = line.color ?? colors.text;
    if (line.color !== undefined) canvas.fillRect(left + 6, middle - 1.5, 8, 3);
    canvas.fillStyle = colors.text;
    canvas.fillText(line.text, left + 6 + textIndent(line), middle);
  });
}

function textIndent(line: BoxLine): number {
  return line.color === undefined ? 0 : 14;
}
