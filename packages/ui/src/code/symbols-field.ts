import { RangeSetBuilder, StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import { SymbolIndex } from "./symbol-index.ts";

/** Replaces the names of the document. */
export const setSymbols = StateEffect.define<SymbolIndex>();

const probeableMark = Decoration.mark({ class: "cm-probeable" });

type Symbols = { readonly index: SymbolIndex; readonly underlines: DecorationSet };

/** The names of the document, with a faint underline below each that can be probed. */
export const symbolsField = StateField.define<Symbols>({
  create: () => ({ index: new SymbolIndex([]), underlines: Decoration.none }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (effect.is(setSymbols)) return { index: effect.value, underlines: underline(effect.value) };
    }
    return value;
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.underlines),
});

function underline(index: SymbolIndex): DecorationSet {
  const builder = new RangeSetBuilder<Decoration>();
  for (const span of index.probeable) builder.add(span.from, span.to, probeableMark);
  return builder.finish();
}
