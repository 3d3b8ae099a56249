import type { Canvas2d } from "../src/lens.ts";

/** One call on the canvas, or one assignment to it, as it happened. */
export type CanvasCall = { readonly name: string; readonly args: readonly unknown[] };

/** A path that was stroked or filled: its points in CSS pixels, and the style at that moment. */
export type DrawnPath = {
  readonly kind: "stroke" | "fill";
  readonly style: unknown;
  readonly lineWidth: unknown;
  readonly points: readonly (readonly [verb: string, x: number, y: number])[];
};

export type DrawnText = {
  readonly text: string;
  readonly leftCssPx: number;
  readonly rightCssPx: number;
  readonly topCssPx: number;
  readonly bottomCssPx: number;
};

const NUMBER_OF_WIDTHS = 0.6;

/**
 * Stands in for the browser's canvas, which Node has not: it keeps what was drawn. Every character is 0.6 times the font's size wide.
 * Members that nothing here has use for throw, so that a test notices when drawing begins to use them.
 */
export function createRecordingCanvas(): {
  readonly canvas: Canvas2d;
  readonly paths: readonly DrawnPath[];
  readonly texts: readonly DrawnText[];
  readonly images: readonly (readonly unknown[])[];
  readonly saves: () => number;
} {
  const paths: DrawnPath[] = [];
  const texts: DrawnText[] = [];
  const images: (readonly unknown[])[] = [];
  let points: (readonly [string, number, number])[] = [];
  let saved = 0;
  const state: Record<string, unknown> = {
    font: "10px sans-serif",
    textAlign: "left",
    textBaseline: "alphabetic",
    globalAlpha: 1,
  };
  const sizeOf = () => Number(/(\d+(?:\.\d+)?)px/.exec(String(state.font))?.[1]);
  const widthOf = (text: string) => [...text].length * sizeOf() * NUMBER_OF_WIDTHS;
  const finish = (kind: "stroke" | "fill") => {
    const style = kind === "stroke" ? state.strokeStyle : state.fillStyle;
    paths.push({ kind, style, lineWidth: state.lineWidth, points });
  };
  const add = (verb: string) => (x: number, y: number) => {
    points.push([verb, x, y]);
  };
  const methods: Record<string, unknown> = {
    beginPath: () => {
      points = [];
    },
    moveTo: add("moveTo"),
    lineTo: add("lineTo"),
    arc: add("arc"),
    rect: add("rect"),
    closePath: () => undefined,
    clip: () => undefined,
    stroke: () => finish("stroke"),
    fill: () => finish("fill"),
    fillRect: () => undefined,
    strokeRect: () => undefined,
    strokeText: () => undefined,
    setLineDash: () => undefined,
    save: () => {
      saved += 1;
    },
    restore: () => {
      saved -= 1;
    },
    measureText: (text: string) => ({ width: widthOf(text) }),
    fillText: (text: string, x: number, y: number) =>
      texts.push(placeText(text, [x, y], widthOf(text), sizeOf(), state)),
    drawImage: (...args: unknown[]) => images.push(args),
  };
  const canvas = new Proxy(state, {
    get(target, name) {
      const found = methods[String(name)] ?? target[String(name)];
      if (found === undefined) throw new Error(`Cannot record canvas.${String(name)}: no test has needed it yet`);
      return found;
    },
  });
  return { canvas: canvas as unknown as Canvas2d, paths, texts, images, saves: () => saved };
}

function placeText(
  text: string,
  [x, y]: readonly [number, number],
  width: number,
  size: number,
  { textAlign, textBaseline }: Record<string, unknown>,
): DrawnText {
  const left = textAlign === "right" ? x - width : textAlign === "center" ? x - width / 2 : x;
  const top = textBaseline === "top" ? y : textBaseline === "middle" ? y - size / 2 : y - size;
  return { text, leftCssPx: left, rightCssPx: left + width, topCssPx: top, bottomCssPx: top + size };
}

/** Whether two texts are drawn one over the other. */
export function overlaps(a: DrawnText, b: DrawnText): boolean {
  const isApartInX = a.rightCssPx <= b.leftCssPx || b.rightCssPx <= a.leftCssPx;
  const isApartInY = a.bottomCssPx <= b.topCssPx || b.bottomCssPx <= a.topCssPx;
  return !isApartInX && !isApartInY;
}
