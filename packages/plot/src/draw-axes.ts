import type { AxisTicks, Tick, TickMaker } from "./axis-ticks.ts";
import type { PlotArea } from "./layout.ts";
import type { Scale } from "./scale.ts";
import { crisp, fillHaloText, type Surface, setFont } from "./surface.ts";

export type AxisOptions = {
  readonly ticks: TickMaker;
  /** What the axis counts: `sample`, `time`, `I`. */
  readonly title: string | null;
};

const LABEL_GAP_CSS_PX = 14;
const ROOM_PER_Y_TICK_CSS_PX = 34;
const SMALL_ROOM_PER_Y_TICK_CSS_PX = 24;

/** Grid, frame, ticks and labels, to be drawn before the data. Gives what `drawAxisNote` says after it. */
export function drawAxes(
  surface: Surface,
  area: PlotArea,
  scales: { readonly x: Scale; readonly y: Scale },
  options: { readonly x: AxisOptions; readonly y: AxisOptions },
): { readonly yNote: string } {
  const { canvas, colors } = surface;
  setFont(surface, area.fontSizeCssPx);
  const xTicks = fitTicksToWidth(surface, scales.x, options.x.ticks);
  const yTicks = yTicksWithin(area, scales.y, options.y.ticks);
  strokeLines(surface, area, colors.grid, {
    xCssPx: xTicks.ticks.map(({ value }) => scales.x.toPx(value)),
    yCssPx: yTicks.ticks.map(({ value }) => scales.y.toPx(value)),
  });
  const yNote = [options.y.title, yTicks.note].filter((part) => part !== null).join(" ");
  if (!area.hasAxes) return { yNote: "" };
  strokeLines(surface, area, colors.axis, {
    xCssPx: [area.leftCssPx],
    yCssPx: [area.topCssPx + area.heightCssPx],
  });
  canvas.fillStyle = colors.text;
  drawXLabels(surface, area, scales.x, { axis: xTicks, title: options.x.title });
  drawYLabels(surface, area, scales.y, yTicks);
  return { yNote };
}

/** At least two ticks, where there is a step that gives them: one label alone tells no scale. */
function yTicksWithin(area: PlotArea, scale: Scale, makeTicks: TickMaker): AxisTicks {
  const room = area.fontSizeCssPx < 11 ? SMALL_ROOM_PER_Y_TICK_CSS_PX : ROOM_PER_Y_TICK_CSS_PX;
  const wanted = Math.max(2, Math.floor(area.heightCssPx / room));
  let axis = makeTicks(scale.range, wanted);
  for (let count = wanted + 1; count <= 5 && axis.ticks.length < 2; count++) axis = makeTicks(scale.range, count);
  return axis;
}

/** The densest ticks whose labels keep a gap between each other. */
function fitTicksToWidth(surface: Surface, scale: Scale, makeTicks: TickMaker): AxisTicks {
  const lengthCssPx = Math.abs(scale.toCssPx - scale.fromCssPx);
  let axis = makeTicks(scale.range, 1);
  for (let count = Math.max(1, Math.floor(lengthCssPx / 44)); count >= 1; count--) {
    axis = makeTicks(scale.range, count);
    if (haveRoom(surface, scale, axis.ticks)) return axis;
  }
  return axis;
}

function haveRoom(surface: Surface, scale: Scale, ticks: readonly Tick[]): boolean {
  let rightEdge = -Infinity;
  for (const { value, label } of ticks) {
    const half = surface.canvas.measureText(label).width / 2;
    const x = scale.toPx(value);
    if (x - half < rightEdge + LABEL_GAP_CSS_PX) return false;
    rightEdge = x + half;
  }
  return true;
}

function strokeLines(
  surface: Surface,
  area: PlotArea,
  color: string,
  lines: { readonly xCssPx: readonly number[]; readonly yCssPx: readonly number[] },
): void {
  const { canvas, devicePixelRatio } = surface;
  const right = area.leftCssPx + area.widthCssPx;
  const bottom = area.topCssPx + area.heightCssPx;
  canvas.beginPath();
  for (const at of lines.xCssPx) {
    const x = crisp(Math.min(at, right - 0.5 / devicePixelRatio), devicePixelRatio);
    canvas.moveTo(x, area.topCssPx);
    canvas.lineTo(x, bottom);
  }
  for (const at of lines.yCssPx) {
    const y = crisp(at, devicePixelRatio);
    canvas.moveTo(area.leftCssPx, y);
    canvas.lineTo(right, y);
  }
  canvas.strokeStyle = color;
  canvas.lineWidth = 1 / devicePixelRatio;
  canvas.stroke();
}

type LabelledAxis = { readonly axis: AxisTicks; readonly title: string | null };

/** Tick labels under the plot; note and title under its right end, where a label that they would touch is left out. */
function drawXLabels(surface: Surface, area: PlotArea, scale: Scale, { axis, title }: LabelledAxis): void {
  const { canvas } = surface;
  const y = area.topCssPx + area.heightCssPx + 5;
  const text = [axis.note, title].filter((part) => part !== null).join(" ");
  const right = area.leftCssPx + area.widthCssPx;
  const titleLeft = text === "" ? right + LABEL_GAP_CSS_PX : right - canvas.measureText(text).width;
  canvas.textBaseline = "top";
  canvas.textAlign = "center";
  for (const { value, label } of axis.ticks) {
    const half = canvas.measureText(label).width / 2;
    const x = Math.max(scale.toPx(value), half + 2);
    if (x + half + LABEL_GAP_CSS_PX / 2 < titleLeft) canvas.fillText(label, x, y);
  }
  if (text === "" || titleLeft < area.leftCssPx) return;
  canvas.textAlign = "right";
  canvas.globalAlpha = 0.75;
  canvas.fillText(text, right, y);
  canvas.globalAlpha = 1;
}

function drawYLabels(surface: Surface, area: PlotArea, scale: Scale, axis: AxisTicks): void {
  const { canvas } = surface;
  canvas.textBaseline = "middle";
  canvas.textAlign = "right";
  const highest = area.topCssPx + area.heightCssPx - area.fontSizeCssPx / 2;
  for (const { value, label } of axis.ticks) {
    const y = Math.max(area.fontSizeCssPx / 2 + 1, Math.min(highest, scale.toPx(value)));
    canvas.fillText(label, area.leftCssPx - 6, y);
  }
}

/** What the y axis counts and what its labels have in common, top left in the plot; over the data, so after it. */
export function drawAxisNote(surface: Surface, area: PlotArea, text: string): void {
  if (text === "") return;
  setFont(surface, area.fontSizeCssPx);
  surface.canvas.textAlign = "left";
  surface.canvas.textBaseline = "top";
  fillHaloText(surface, text, area.leftCssPx + 6, area.topCssPx + 3);
}
