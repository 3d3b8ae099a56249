/** What the drawing functions draw on. One unit is one CSS pixel; the origin is at a whole device pixel. */
export type Canvas2d = CanvasRenderingContext2D | OffscreenCanvasRenderingContext2D;

export type PlotColors = {
  readonly background: string;
  readonly grid: string;
  readonly axis: string;
  readonly text: string;
  readonly series: string;
  readonly seriesAlternate: string;
};

export type Surface = {
  readonly canvas: Canvas2d;
  readonly widthCssPx: number;
  readonly heightCssPx: number;
  readonly devicePixelRatio: number;
  readonly colors: PlotColors;
  readonly fontFamily: string;
};

/** The CSS position, near `cssPx`, where a hairline covers exactly one row or column of device pixels. */
export function crisp(cssPx: number, devicePixelRatio: number): number {
  return (Math.floor(cssPx * devicePixelRatio) + 0.5) / devicePixelRatio;
}

export function clear(surface: Surface): void {
  surface.canvas.fillStyle = surface.colors.background;
  surface.canvas.fillRect(0, 0, surface.widthCssPx, surface.heightCssPx);
}

export function setFont(surface: Surface, sizeCssPx: number, weight = ""): void {
  surface.canvas.font = `${weight} ${sizeCssPx}px ${surface.fontFamily}`.trimStart();
}

/** Text over data: a rim of the background keeps it readable and hides less than a box would. */
export function fillHaloText({ canvas, colors }: Surface, text: string, xCssPx: number, yCssPx: number): void {
  canvas.strokeStyle = colors.background;
  canvas.lineWidth = 4;
  canvas.lineJoin = "round";
  canvas.strokeText(text, xCssPx, yCssPx);
  canvas.fillStyle = colors.text;
  canvas.fillText(text, xCssPx, yCssPx);
}

/** The longest beginning of `text` that fits with an ellipsis; the text itself when it fits. */
export function clipText(canvas: Canvas2d, text: string, widthCssPx: number): string {
  if (canvas.measureText(text).width <= widthCssPx) return text;
  const characters = [...text];
  let low = 0;
  let high = characters.length;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const fits = canvas.measureText(`${characters.slice(0, middle).join("")}…`).width <= widthCssPx;
    if (fits) low = middle;
    else high = middle - 1;
  }
  return low === 0 ? "" : `${characters.slice(0, low).join("").trimEnd()}…`;
}
