/** A soft ring around the names that are worth a first click. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView } from "@codemirror/view";
import type { AnchorKey } from "../state/anchor-key.ts";
import { setSymbols, symbolsField } from "./symbols-field.ts";

export const setSuggested = StateEffect.define<ReadonlySet<AnchorKey>>();

const ring = Decoration.mark({ class: "cm-suggested" });

type Suggested = { readonly keys: ReadonlySet<AnchorKey>; readonly rings: DecorationSet };

export const suggestedField = StateField.define<Suggested>({
  create: () => ({ keys: new Set(), rings: Decoration.none }),
  update(value, transaction) {
    const replaced = transaction.effects.find((effect) => effect.is(setSuggested))?.value;
    const isRead = transaction.docChanged || transaction.effects.some((effect) => effect.is(setSymbols));
    if (replaced === undefined && !isRead) return value;
    const keys = replaced ?? value.keys;
    const { probeable } = transaction.state.field(symbolsField).index;
    const rings = probeable.filter(({ key }) => keys.has(key)).map(({ from, to }) => ring.range(from, to));
    return { keys, rings: Decoration.set(rings, true) };
  },
  provide: (field) => EditorView.decorations.from(field, (value) => value.rings),
});
