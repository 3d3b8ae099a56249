import type { PlotArea } from "./layout.ts";
import { clipText, fillHaloText, type Surface, setFont } from "./surface.ts";

/** One sentence in the middle of the canvas, or of the plot: why there is nothing to see. */
export function drawMessage(surface: Surface, text: string, area?: PlotArea): void {
  const { canvas, colors } = surface;
  const sizeCssPx = surface.widthCssPx < 320 ? 11 : 13;
  setFont(surface, sizeCssPx);
  canvas.fillStyle = colors.text;
  canvas.textAlign = "center";
  canvas.textBaseline = "middle";
  const center = area ?? {
    leftCssPx: 0,
    topCssPx: 0,
    widthCssPx: surface.widthCssPx,
    heightCssPx: surface.heightCssPx,
  };
  const room = center.widthCssPx - 16;
  if (room < 2 * sizeCssPx) return;
  const lines = wrapText(surface, text, room).slice(0, Math.max(1, Math.floor(center.heightCssPx / (1.4 * sizeCssPx))));
  lines.forEach((line, i) => {
    const y = center.topCssPx + center.heightCssPx / 2 + (i - (lines.length - 1) / 2) * 1.4 * sizeCssPx;
    canvas.fillText(clipText(canvas, line, room), center.leftCssPx + center.widthCssPx / 2, y);
  });
}

/** Breaks at spaces; a word wider than the room stands alone. */
export function wrapText({ canvas }: Surface, text: string, widthCssPx: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && canvas.measureText(longer).width > widthCssPx) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}

export type LegendEntry = { readonly label: string; readonly color: string; readonly dash?: readonly number[] };

/** Names of the lines with a stroke in their colour, in the top right corner; entries without room are left out from the end. */
export function drawLegend(surface: Surface, area: PlotArea, entries: readonly LegendEntry[]): void {
  const { canvas } = surface;
  setFont(surface, area.fontSizeCssPx);
  canvas.textBaseline = "middle";
  canvas.textAlign = "right";
  const right = area.leftCssPx + area.widthCssPx - 6;
  let y = area.topCssPx + 4 + area.fontSizeCssPx / 2;
  for (const { label, color, dash } of entries) {
    if (y + area.fontSizeCssPx > area.topCssPx + area.heightCssPx) return;
    const text = clipText(canvas, label, area.widthCssPx / 2);
    const textLeft = right - canvas.measureText(text).width;
    fillHaloText(surface, text, right, y);
    strokeSample(surface, {
      leftCssPx: textLeft - 22,
      yCssPx: y,
      color: surface.colors.background,
      dash: [],
      widthCssPx: 5,
    });
    strokeSample(surface, { leftCssPx: textLeft - 22, yCssPx: y, color, dash: dash ?? [], widthCssPx: 2 });
    y += area.fontSizeCssPx * 1.4;
  }
}

type StrokeSample = {
  readonly leftCssPx: number;
  readonly yCssPx: number;
  readonly widthCssPx: number;
  readonly color: string;
  readonly dash: readonly number[];
};

function strokeSample({ canvas }: Surface, sample: StrokeSample): void {
  canvas.strokeStyle = sample.color;
  canvas.lineWidth = sample.widthCssPx;
  canvas.setLineDash([...sample.dash]);
  canvas.beginPath();
  canvas.moveTo(sample.leftCssPx, sample.yCssPx);
  canvas.lineTo(sample.leftCssPx + 16, sample.yCssPx);
  canvas.stroke();
  canvas.setLineDash([]);
}

/** Small facts in the lower left corner of the plot, the first one lowest. */
export function drawNotes(surface: Surface, area: PlotArea, notes: readonly string[]): void {
  const { canvas } = surface;
  setFont(surface, area.fontSizeCssPx);
  canvas.textAlign = "left";
  canvas.textBaseline = "bottom";
  const lineHeight = area.fontSizeCssPx * 1.4;
  const left = area.leftCssPx + 6;
  notes.forEach((note, i) => {
    const bottom = area.topCssPx + area.heightCssPx - 4 - i * lineHeight;
    if (bottom - lineHeight < area.topCssPx) return;
    const text = clipText(canvas, note, area.widthCssPx - 12);
    fillHaloText(surface, text, left, bottom);
  });
}
