/** The watched names of this document: a filled box in the colour of the series. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { Probe } from "@pyprobe/protocol";
import type { AnchorKey } from "../state/anchor-key.ts";
import type { Mark } from "../state/probe-marks.ts";
import { symbolsField } from "./symbols-field.ts";

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
  readonly boxes: DecorationSet;
};

export const probesField = StateField.define<CodeProbes>({
  create: () => ({ list: [], byKey: new Map(), boxes: Decoration.none }),
  update(value, transaction) {
    let next = value;
    for (const effect of transaction.effects) {
      if (effect.is(setProbes)) {
        const byKey = new Map(effect.value.map((probe) => [probe.key, probe]));
        next = { list: effect.value, byKey, boxes: value.boxes };
      }
    }
    if (next === value && transaction.effects.length === 0) return value;
    return { ...next, boxes: boxesOf(next.list, transaction.state) };
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.boxes),
});

function boxesOf(list: readonly CodeProbe[], state: EditorView["state"]): DecorationSet {
  const spans = new Map(state.field(symbolsField).index.spans.map((span) => [span.key, span]));
  const boxes = list.flatMap((probe) => {
    const range = spans.get(probe.key) ?? textRange(state, probe);
    if (range === undefined) return [];
    const isMoved = !spans.has(probe.key);
    const isBroken = isMoved || probe.mark.kind === "failed";
    const look = isBroken ? "is-broken" : probe.mark.kind === "armed" ? "is-waiting" : "";
    const decoration = Decoration.mark({
      class: `cm-watched series-${probe.series % 8} ${look}`,
      attributes: { "data-testid": "watched-symbol", "data-symbol": probe.symbol },
    });
    return [decoration.range(range.from, range.to)];
  });
  return Decoration.set(boxes, true);
}

/** Where the name stands when the names of the file are not known (yet), as long as the text there is still it. */
function textRange(state: EditorView["state"], probe: CodeProbe): { from: number; to: number } | undefined {
  if (probe.line > state.doc.lines) return undefined;
  const line = state.doc.line(probe.line);
  const from = line.from + probe.column;
  const to = from + probe.symbol.length;
  return to <= line.to && state.doc.sliceString(from, to) === probe.symbol ? { from, to } : undefined;
}
