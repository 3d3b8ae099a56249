import { assertNever } from "@pyprobe/base";
import { clipText, formatNumber, type Surface, setFont, wrapText } from "@pyprobe/plot";
import type { CaptureValue, JsonScalar, ViewPacket } from "@pyprobe/protocol";
import type { ArrayDescription } from "../describe.ts";
import { formatScalar } from "../format-value.ts";
import type { Canvas2d, PlotFrame, Viewport } from "../lens.ts";
import { beginDrawing, surfaceOf } from "../surface-of.ts";
import { arrayFacts, headCells, treeRows, type ValueRow } from "./rows.ts";

/** Digits of one width, so that a changing number does not tremble. */
const DIGITS_FONT = 'ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace';
const LARGEST_DIGITS_CSS_PX = 56;
const SMALLEST_DIGITS_CSS_PX = 16;

export function drawValue(canvas: Canvas2d, packet: ViewPacket, viewport: Viewport): PlotFrame | null {
  const surface = surfaceOf(canvas, viewport);
  if (!beginDrawing(surface, packet)) return null;
  const { value } = packet.head;
  const page = new Page(surface);
  if (value === null) page.addTitle("The description of this value is on its way");
  else addValue(page, value);
  return null;
}

function addValue(page: Page, value: CaptureValue): void {
  switch (value.kind) {
    case "scalar":
      page.addTitle(value.type);
      page.addLargeText(formatScalar(value.value, value.type), roundedText(value.value));
      return;
    case "array":
      page.addTitle(`${value.library} array of ${value.dtype}`);
      addArray(page, value);
      return;
    case "text":
      page.addTitle(`text, ${value.length} ${value.length === 1 ? "character" : "characters"}`);
      page.addParagraph(value.value + (value.length > value.value.length ? "…" : ""));
      return;
    case "none":
      page.addTitle("NoneType");
      page.addLargeText("None");
      return;
    case "tree":
      page.addTitle(value.type);
      page.addRows(treeRows(value, page.rowsLeft() + 1));
      return;
    default:
      assertNever(value);
  }
}

/** What stands in for a number where there is no room for all of its digits. */
function roundedText(value: JsonScalar): string | undefined {
  return typeof value === "number" && !Number.isInteger(value) ? formatNumber(value, { digits: 5 }) : undefined;
}

function addArray(page: Page, value: ArrayDescription): void {
  page.addFacts(arrayFacts(value));
  page.addCells(headCells(value));
}

/** Text from top to bottom within the canvas. What has no room is counted in the last line, never drawn over another. */
class Page {
  readonly #surface: Surface;
  readonly #padding: number;
  readonly #size: number;
  #y: number;

  constructor(surface: Surface) {
    this.#surface = surface;
    const isSmall = surface.widthCssPx < 320 || surface.heightCssPx < 170;
    this.#padding = isSmall ? 8 : 14;
    this.#size = isSmall ? 11 : 12;
    this.#y = this.#padding;
  }

  get #width(): number {
    return this.#surface.widthCssPx - 2 * this.#padding;
  }

  get #lineHeight(): number {
    return Math.round(this.#size * 1.55);
  }

  rowsLeft(): number {
    return Math.max(0, Math.floor((this.#surface.heightCssPx - this.#padding - this.#y) / this.#lineHeight));
  }

  addTitle(text: string): void {
    setFont(this.#surface, this.#size);
    this.#write(text, this.#padding, this.#width, { isMuted: true });
    this.#y += this.#lineHeight;
  }

  /** As large as it fits in one line, rounded where it must be; wrapped where even small digits would not fit. */
  addLargeText(full: string, rounded = full): void {
    const { canvas, colors, heightCssPx } = this.#surface;
    const room = heightCssPx - this.#y - this.#padding;
    const wanted = Math.min(LARGEST_DIGITS_CSS_PX, Math.floor(room * 0.8));
    canvas.font = `100px ${DIGITS_FONT}`;
    const fittingSize = (text: string) => Math.floor((100 * this.#width) / Math.max(1, canvas.measureText(text).width));
    const text = fittingSize(full) < SMALLEST_DIGITS_CSS_PX ? rounded : full;
    const fitting = fittingSize(text);
    const size = Math.max(SMALLEST_DIGITS_CSS_PX, Math.min(wanted, fitting));
    canvas.font = `${size}px ${DIGITS_FONT}`;
    canvas.fillStyle = colors.text;
    canvas.textAlign = "left";
    if (fitting < SMALLEST_DIGITS_CSS_PX) {
      this.#addBrokenText(text, size);
      return;
    }
    canvas.textBaseline = "middle";
    canvas.fillText(text, this.#padding, this.#y + room / 2);
  }

  /** Digits have no spaces to break at: lines are filled with as many characters as fit. */
  #addBrokenText(text: string, size: number): void {
    const { canvas, heightCssPx } = this.#surface;
    const perLine = Math.max(1, Math.floor(this.#width / canvas.measureText("0").width));
    const lineHeight = Math.round(size * 1.3);
    const lines = Math.max(1, Math.floor((heightCssPx - this.#padding - this.#y) / lineHeight));
    canvas.textBaseline = "top";
    for (let line = 0; line < lines && line * perLine < text.length; line++) {
      const isCut = line === lines - 1 && (line + 1) * perLine < text.length;
      const part = text.slice(line * perLine, (line + 1) * perLine - (isCut ? 1 : 0));
      canvas.fillText(isCut ? `${part}…` : part, this.#padding, this.#y);
      this.#y += lineHeight;
    }
  }

  addParagraph(text: string): void {
    this.#setDigitsFont();
    const limit = this.rowsLeft();
    const lines = text
      .slice(0, 20_000)
      .split("\n")
      .flatMap((line) => wrapText(this.#surface, line, this.#width));
    lines.slice(0, limit).forEach((line, i) => {
      const isLast = i === limit - 1 && lines.length > limit;
      this.#write(isLast ? `${line} …` : line, this.#padding, this.#width);
      this.#y += this.#lineHeight;
    });
  }

  addRows(rows: readonly ValueRow[]): void {
    this.#setDigitsFont();
    const { canvas } = this.#surface;
    const limit = this.rowsLeft();
    const isCut = rows.length > limit;
    const shown = isCut ? rows.slice(0, Math.max(0, limit - 1)) : rows;
    for (const { depth, key, text } of shown) {
      const left = this.#padding + depth * 14;
      const room = this.#surface.widthCssPx - this.#padding - left;
      const keyText = clipText(canvas, key, room * 0.45);
      this.#write(keyText, left, room, { isMuted: true });
      const valueLeft = left + canvas.measureText(keyText).width + 10;
      this.#write(text, valueLeft, this.#surface.widthCssPx - this.#padding - valueLeft);
      this.#y += this.#lineHeight;
    }
    if (isCut) this.#write("more below: enlarge the panel", this.#padding, this.#width, { isMuted: true });
  }

  /** Key and value pairs side by side, as many in a line as fit. */
  addFacts(facts: readonly ValueRow[]): void {
    this.#setDigitsFont();
    const { canvas } = this.#surface;
    let left = this.#padding;
    for (const { key, text } of facts) {
      const keyWidth = canvas.measureText(key).width + 6;
      const width = keyWidth + canvas.measureText(text).width;
      if (left > this.#padding && left + width > this.#padding + this.#width) {
        left = this.#padding;
        this.#y += this.#lineHeight;
      }
      if (this.rowsLeft() === 0) return;
      this.#write(key, left, this.#width, { isMuted: true });
      this.#write(text, left + keyWidth, this.#padding + this.#width - left - keyWidth);
      left += width + 18;
    }
    this.#y += Math.round(this.#lineHeight * 1.4);
  }

  /** A table of cells of one width, filled column by column, values aligned at the right. */
  addCells(cells: readonly { readonly index: string; readonly text: string }[]): void {
    this.#setDigitsFont();
    const { canvas } = this.#surface;
    const rows = this.rowsLeft();
    if (rows === 0 || cells.length === 0) return;
    const indexWidth = Math.max(...cells.map(({ index }) => canvas.measureText(index).width));
    const textWidth = Math.max(...cells.map(({ text }) => canvas.measureText(text).width));
    const cellWidth = Math.min(this.#width, indexWidth + 10 + textWidth);
    const columns = Math.max(1, Math.floor((this.#width + 28) / (cellWidth + 28)));
    const perColumn = Math.max(1, Math.min(rows, Math.ceil(cells.length / columns)));
    cells.slice(0, perColumn * columns).forEach(({ index, text }, i) => {
      const left = this.#padding + Math.floor(i / perColumn) * (cellWidth + 28);
      const y = this.#y + (i % perColumn) * this.#lineHeight;
      this.#writeAt(index, left, y, indexWidth, { isMuted: true });
      this.#writeAt(text, left + cellWidth, y, cellWidth - indexWidth - 10, { isRight: true });
    });
  }

  #setDigitsFont(): void {
    this.#surface.canvas.font = `${this.#size}px ${DIGITS_FONT}`;
  }

  #write(text: string, left: number, room: number, style: { readonly isMuted?: boolean } = {}): void {
    this.#writeAt(text, left, this.#y, room, style);
  }

  #writeAt(
    text: string,
    x: number,
    y: number,
    room: number,
    style: { readonly isMuted?: boolean; readonly isRight?: boolean } = {},
  ): void {
    const { canvas, colors } = this.#surface;
    if (room <= 0) return;
    canvas.fillStyle = colors.text;
    canvas.globalAlpha = style.isMuted === true ? 0.65 : 1;
    canvas.textAlign = style.isRight === true ? "right" : "left";
    canvas.textBaseline = "top";
    canvas.fillText(clipText(canvas, text, room), x, y);
    canvas.globalAlpha = 1;
  }
}
