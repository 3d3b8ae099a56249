/** The watched names of this document: a filled box in the colour of the series. */
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { Probe } from "@pyprobe/protocol";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { Mark } from "../state/probe-marks.ts";
import { seriesClass } from "../state/series-colors.ts";
import { setSymbols, symbolsField } from "./symbols-field.ts";

/** A watched name of this file. `from` and `to` are its range, or the start of its line when the text has moved away from it. */
export type CodeProbe = {
  readonly key: AnchorKey;
  readonly line: number;
  readonly column: number;
  readonly symbol: string;
  readonly series: number;
  readonly mark: Mark;
  readonly probe: Probe | null;
};

export const setProbes = StateEffect.define<readonly CodeProbe[]>();

export type CodeProbes = {
  readonly list: readonly CodeProbe[];
  readonly byKey: ReadonlyMap<AnchorKey, CodeProbe>;
  /** Those whose name no longer stands where they were put: the text was edited, the program runs what it was before. */
  readonly moved: ReadonlySet<AnchorKey>;
  readonly boxes: DecorationSet;
};

export const probesField = StateField.define<CodeProbes>({
  create: () => placed([], undefined),
  update(value, transaction) {
    const replaced = transaction.effects.find((effect) => effect.is(setProbes));
    const isRead = transaction.docChanged || transaction.effects.some((effect) => effect.is(setSymbols));
    if (replaced === undefined && !isRead) return value;
    return placed(replaced?.value ?? value.list, transaction.state);
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.boxes),
});

function placed(list: readonly CodeProbe[], state: EditorState | undefined): CodeProbes {
  const byKey = new Map(list.map((probe) => [probe.key, probe]));
  if (state === undefined) return { list, byKey, moved: new Set(), boxes: Decoration.none };
  const spans = new Map(state.field(symbolsField).index.spans.map((span) => [span.key, span]));
  const moved = new Set<AnchorKey>();
  const boxes = list.flatMap((probe) => {
    const range = spans.get(probe.key) ?? textRange(state, probe);
    if (range === undefined) {
      moved.add(probe.key);
      return [];
    }
    return [boxOf(probe).range(range.from, range.to)];
  });
  return { list, byKey, moved, boxes: Decoration.set(boxes, true) };
}

function boxOf(probe: CodeProbe): Decoration {
  const look = probe.mark.kind === "failed" ? "is-broken" : probe.mark.kind === "armed" ? "is-waiting" : "";
  return Decoration.mark({
    class: `cm-watched ${seriesClass(probe.series)} ${look}`,
    attributes: { "data-testid": "watched-symbol", "data-symbol": probe.symbol },
  });
}

/** Where the name stands when the names of the file are not known (yet), as long as the text there is still it. */
function textRange(state: EditorState, probe: CodeProbe): { from: number; to: number } | undefined {
  if (probe.line > state.doc.lines) return undefined;
  const line = state.doc.line(probe.line);
  const from = line.from + probe.column;
  const to = from + probe.symbol.length;
  return to <= line.to && state.doc.sliceString(from, to) === probe.symbol ? { from, to } : undefined;
}
