/**
 * The newest value of each probe at the end of its line. The engine sends texts at 10 Hz; they are written straight into the cells of
 * the lines on the screen, without a transaction. Where a line leaves no room its values are hidden.
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
import type { LiveValue, LiveValues } from "../state/live-values.ts";
import { codeContext } from "./code-context.ts";
import { type CodeProbe, probesField } from "./probes-field.ts";
import { attachCells, ValueCell } from "./value-cell.ts";

/** A line with less room than this, in characters, shows no value. */
const MIN_ROOM = 9;

/** The cells on the screen, by probe. Widgets come and go with scrolling; they enter and leave here. */
class Cells {
  readonly #byProbe = new Map<ProbeId, Set<ValueCell>>();
  readonly #byLine = new Map<HTMLElement, readonly ValueCell[]>();

  add(line: HTMLElement, cells: readonly ValueCell[]): void {
    this.#byLine.set(line, cells);
    for (const cell of cells) this.#byProbe.set(cell.probe, (this.#byProbe.get(cell.probe) ?? new Set()).add(cell));
  }

  remove(line: HTMLElement): void {
    for (const cell of this.#byLine.get(line) ?? []) this.#byProbe.get(cell.probe)?.delete(cell);
    this.#byLine.delete(line);
  }

  of(probe: ProbeId): Iterable<ValueCell> {
    return this.#byProbe.get(probe) ?? [];
  }

  get all(): Iterable<ValueCell> {
    return [...this.#byLine.values()].flat();
  }
}

class LineValuesWidget extends WidgetType {
  readonly #probes: readonly CodeProbe[];
  readonly #cells: Cells;
  readonly #values: LiveValues | undefined;

  constructor(probes: readonly CodeProbe[], cells: Cells, values: LiveValues | undefined) {
    super();
    this.#probes = probes;
    this.#cells = cells;
    this.#values = values;
  }

  override eq(other: LineValuesWidget): boolean {
    return this.#text() === other.#text() && this.#cells === other.#cells;
  }

  override toDOM(): HTMLElement {
    const line = document.createElement("span");
    line.className = "inline-values";
    line.setAttribute("aria-hidden", "true");
    const root = attachCells(line);
    const cells = this.#probes.flatMap(({ probe, series, symbol }) =>
      probe === null ? [] : [new ValueCell(probe.id, series, symbol)],
    );
    for (const cell of cells) {
      const known = this.#values?.find(cell.probe);
      if (known !== undefined) cell.write(known);
      root.append(cell.element);
    }
    this.#cells.add(line, cells);
    return line;
  }

  override destroy(line: HTMLElement): void {
    this.#cells.remove(line);
  }

  override ignoreEvent(): boolean {
    return true;
  }

  #text(): string {
    return this.#probes.map(({ probe, series }) => `${probe?.id ?? ""}:${series}`).join(" ");
  }
}

class InlineValues {
  decorations: DecorationSet;
  readonly #view: EditorView;
  readonly #cells = new Cells();
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
    const values = this.#view.state.facet(codeContext)?.values;
    const { list, moved } = this.#view.state.field(probesField);
    const inPlace = list.filter((probe) => !moved.has(probe.key) && probe.probe !== null && probe.line <= doc.lines);
    const widgets = [...Map.groupBy(inPlace, (probe) => probe.line)].map(([line, probes]) => {
      const widget = new LineValuesWidget(
        [...probes].sort((a, b) => a.column - b.column),
        this.#cells,
        values,
      );
      return Decoration.widget({ widget, side: 1 }).range(doc.line(line).to);
    });
    return Decoration.set(widgets, true);
  }

  #write(values: readonly LiveValue[]): void {
    if (values.length === 0) for (const cell of this.#cells.all) cell.clear();
    for (const value of values) for (const cell of this.#cells.of(value.probe)) cell.write(value);
  }

  #dim(): void {
    const nowMs = performance.now();
    for (const cell of this.#cells.all) cell.dim(nowMs);
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
          const maxWidth = `${Math.max(0, Math.floor(room))}px`;
          // Also a write that changes nothing would be seen by the editor's observer.
          if (line.style.maxWidth === maxWidth) continue;
          line.classList.toggle("has-no-room", room < MIN_ROOM * view.defaultCharacterWidth);
          line.style.maxWidth = maxWidth;
        }
      },
    });
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

export const inlineValues = ViewPlugin.fromClass(InlineValues, { decorations: (plugin) => plugin.decorations });
