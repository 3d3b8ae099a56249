/**
 * The newest value of each probe at the end of its line. The engine sends texts at 10 Hz; they are written straight into text nodes,
 * without a transaction. The width only grows, so that nothing jumps; where a line leaves no room the text is hidden.
 */

import {
  Decoration,
  type DecorationSet,
  type EditorView,
  ViewPlugin,
  type ViewUpdate,
  WidgetType,
} from "@codemirror/view";
import type { Dispose } from "@pyprobe/base";
import type { ProbeId } from "@pyprobe/protocol";
import type { LiveValue } from "../state/live-values.ts";
import { codeContext } from "./code-context.ts";
import { type CodeProbe, probesField } from "./probes-field.ts";

const STALE_MS = 2_000;
/** A line with less room than this, in characters, shows no value. */
const MIN_ROOM = 9;

class LineValuesWidget extends WidgetType {
  readonly probes: readonly CodeProbe[];

  constructor(probes: readonly CodeProbe[]) {
    super();
    this.probes = probes;
  }

  override eq(other: LineValuesWidget): boolean {
    return this.#text() === other.#text();
  }

  override toDOM(view: EditorView): HTMLElement {
    const line = document.createElement("span");
    line.className = "inline-values";
    line.setAttribute("aria-hidden", "true");
    for (const { probe, series, symbol } of this.probes) {
      if (probe === null) continue;
      const cell = document.createElement("span");
      cell.className = `inline-value series-${series % 8}`;
      cell.dataset.probe = probe.id;
      cell.dataset.testid = "inline-value";
      cell.dataset.symbol = symbol;
      const known = view.state.facet(codeContext)?.values.find(probe.id);
      if (known !== undefined) writeValue(cell, known);
      line.append(cell);
    }
    return line;
  }

  override ignoreEvent(): boolean {
    return true;
  }

  #text(): string {
    return this.probes.map(({ probe, series }) => `${probe?.id ?? ""}:${series}`).join(" ");
  }
}

function writeValue(cell: HTMLElement, value: LiveValue): void {
  const text = `= ${value.text}`;
  if (cell.textContent !== text) {
    cell.textContent = text;
    cell.title = value.text;
    const reserved = Number(cell.dataset.width ?? "0");
    if (text.length > reserved) {
      cell.dataset.width = String(text.length);
      cell.style.minWidth = `min(${text.length}ch, 100%)`;
    }
  }
  cell.dataset.at = String(value.arrivedAtMs);
  cell.classList.remove("is-stale");
}

class InlineValues {
  decorations: DecorationSet;
  readonly #view: EditorView;
  readonly #stop: Dispose;
  readonly #staleTimer: ReturnType<typeof setInterval>;

  constructor(view: EditorView) {
    this.#view = view;
    this.decorations = this.#build();
    this.#stop = view.state.facet(codeContext)?.values.onChanged((values) => this.#write(values)) ?? (() => {});
    this.#staleTimer = setInterval(() => this.#dim(), 1_000);
    this.#fit();
  }

  update(update: ViewUpdate): void {
    const isChanged = update.startState.field(probesField) !== update.state.field(probesField);
    if (isChanged || update.docChanged) this.decorations = this.#build();
    if (isChanged || update.docChanged || update.viewportChanged || update.geometryChanged) this.#fit();
  }

  destroy(): void {
    this.#stop();
    clearInterval(this.#staleTimer);
  }

  #build(): DecorationSet {
    const { doc } = this.#view.state;
    const { list, moved } = this.#view.state.field(probesField);
    const inPlace = list.filter((probe) => !moved.has(probe.key));
    const byLine = Map.groupBy(inPlace, (probe) => probe.line);
    const widgets = [...byLine].flatMap(([line, probes]) => {
      if (line > doc.lines || probes.every((probe) => probe.probe === null)) return [];
      const inOrder = [...probes].sort((a, b) => a.column - b.column);
      return [Decoration.widget({ widget: new LineValuesWidget(inOrder), side: 1 }).range(doc.line(line).to)];
    });
    return Decoration.set(widgets, true);
  }

  #write(values: readonly LiveValue[]): void {
    if (values.length === 0) for (const cell of this.#cells()) cell.replaceChildren();
    for (const value of values) {
      for (const cell of this.#cells(value.probe)) {
        const isNew = cell.textContent !== `= ${value.text}`;
        writeValue(cell, value);
        if (isNew) flash(cell);
      }
    }
  }

  #dim(): void {
    const now = performance.now();
    for (const cell of this.#cells()) {
      const at = Number(cell.dataset.at ?? "0");
      cell.classList.toggle("is-stale", at > 0 && now - at > STALE_MS);
    }
  }

  /** Gives each line's values the room to the right edge of the view. */
  #fit(): void {
    this.#view.requestMeasure({
      key: this,
      read: (view) => {
        const right = view.scrollDOM.getBoundingClientRect().left + view.scrollDOM.clientWidth;
        return [...view.contentDOM.querySelectorAll<HTMLElement>(".inline-values")].map((line) => ({
          line,
          room: right - (line.parentElement === null ? right : endOfText(line)) - 24,
        }));
      },
      write: (rooms, view) => {
        for (const { line, room } of rooms) {
          line.classList.toggle("has-no-room", room < MIN_ROOM * view.defaultCharacterWidth);
          line.style.maxWidth = `${Math.max(0, Math.floor(room))}px`;
        }
      },
    });
  }

  #cells(probe?: ProbeId): NodeListOf<HTMLElement> {
    const which = probe === undefined ? ".inline-value" : `.inline-value[data-probe="${probe}"]`;
    return this.#view.contentDOM.querySelectorAll<HTMLElement>(which);
  }
}

/** Where the line's own text ends, in viewport pixels. */
function endOfText(widget: HTMLElement): number {
  const range = document.createRange();
  const line = widget.closest(".cm-line");
  if (line === null) return 0;
  range.setStart(line, 0);
  range.setEndBefore(widget);
  const rect = range.getBoundingClientRect();
  return rect.width === 0 ? line.getBoundingClientRect().left : rect.right;
}

/** Marks a change after a rest. A value that changes all the time is seen to: flashing would only make it flicker. */
function flash(cell: HTMLElement): void {
  const now = performance.now();
  const before = Number(cell.dataset.changed ?? "0");
  cell.dataset.changed = String(now);
  if (now - before < 800 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  cell.animate([{ backgroundColor: "var(--flash)" }, { backgroundColor: "transparent" }], { duration: 150 });
}

export const inlineValues = ViewPlugin.fromClass(InlineValues, { decorations: (plugin) => plugin.decorations });
