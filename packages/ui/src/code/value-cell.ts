/**
 * One value at the end of a line: a text that is written in place. It lives in a shadow tree of the line's widget, where the editor's
 * own observer does not see it change; each change would make it read the selection again, which costs a layout.
 */
import type { ProbeId } from "@pyprobe/protocol";
import type { LiveValue } from "../state/live-values.ts";
import { colorOf } from "../state/series-colors.ts";

const STALE_MS = 2_000;
/** A change after a rest of so long is marked. A value that changes all the time is seen to: flashing would only make it flicker. */
const REST_MS = 800;

const sheet = new CSSStyleSheet();
sheet.replaceSync(`
  .cell {
    overflow: hidden; text-overflow: ellipsis; white-space: pre; padding: 0 3px; border-radius: 3px;
    color: color-mix(in oklab, var(--series), var(--text) 25%); font-variant-numeric: tabular-nums; font-size: 12px;
  }
  .cell.is-stale { opacity: 0.5; }
  .cell:empty { display: none; }
`);

/** The shadow tree that cells of one line go into. */
export function attachCells(line: HTMLElement): ShadowRoot {
  const root = line.attachShadow({ mode: "open" });
  root.adoptedStyleSheets = [sheet];
  return root;
}

export class ValueCell {
  readonly probe: ProbeId;
  readonly element = document.createElement("span");
  #text = "";
  #width = 0;
  #arrivedAtMs: number | undefined;
  #changedAtMs = 0;

  constructor(probe: ProbeId, series: number, symbol: string) {
    this.probe = probe;
    this.element.className = "cell";
    this.element.dataset.testid = "inline-value";
    this.element.dataset.symbol = symbol;
    this.element.style.setProperty("--series", `var(--series-${colorOf(series)})`);
  }

  write(value: LiveValue): void {
    const isStale = this.#isStale(value.arrivedAtMs);
    this.#arrivedAtMs = value.arrivedAtMs;
    if (isStale) this.element.classList.remove("is-stale");
    const text = `= ${value.text}`;
    if (text === this.#text) return;
    const isFirst = this.#text === "";
    this.#text = text;
    this.element.textContent = text;
    // The width only grows, so that what follows does not jump.
    if (text.length > this.#width) {
      this.#width = text.length;
      this.element.style.minWidth = `min(${text.length}ch, 100%)`;
    }
    if (!isFirst && value.arrivedAtMs - this.#changedAtMs > REST_MS) this.#flash();
    this.#changedAtMs = value.arrivedAtMs;
  }

  clear(): void {
    this.#text = "";
    this.#arrivedAtMs = undefined;
    this.element.replaceChildren();
  }

  /** Dims what has not come anew for a while. */
  dim(nowMs: number): void {
    if (this.#isStale(nowMs)) this.element.classList.add("is-stale");
  }

  #isStale(nowMs: number): boolean {
    return this.#arrivedAtMs !== undefined && nowMs - this.#arrivedAtMs > STALE_MS;
  }

  #flash(): void {
    if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    this.element.animate([{ backgroundColor: "var(--flash)" }, { backgroundColor: "transparent" }], { duration: 150 });
  }
}
