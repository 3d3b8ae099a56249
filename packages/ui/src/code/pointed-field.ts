/** The name under the pointer or the keyboard's mark: boxed, with a line that says what a click does. Exactly this is what a click takes. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, showTooltip, type Tooltip } from "@codemirror/view";
import { codeContext } from "./code-context.ts";
import { probesField } from "./probes-field.ts";
import type { SymbolSpan } from "./symbol-index.ts";

export type Pointed = { readonly span: SymbolSpan; readonly by: "mouse" | "keyboard" };

export const setPointed = StateEffect.define<Pointed | null>();

export const pointedField = StateField.define<Pointed | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setPointed)) return effect.value;
    return transaction.docChanged ? null : value;
  },
  provide: (field) => [
    EditorView.decorations.from(field, (pointed) => {
      if (pointed === null || pointed.span.symbol.reason !== undefined) return Decoration.none;
      const { from, to } = pointed.span;
      return Decoration.set([pointedMark.range(from, to)]);
    }),
    showTooltip.from(field, (pointed) => (pointed === null ? null : tooltipOf(pointed))),
  ],
});

const pointedMark = Decoration.mark({ class: "cm-pointed", attributes: { "data-testid": "pointed-symbol" } });

function tooltipOf(pointed: Pointed): Tooltip {
  const { span } = pointed;
  return {
    pos: span.from,
    end: span.to,
    above: true,
    arrow: false,
    create: (view) => {
      const dom = document.createElement("div");
      dom.className = "symbol-tip";
      dom.dataset.testid = "symbol-tip";
      const write = () => dom.replaceChildren(...tipParts(view, span));
      write();
      return { dom, update: write };
    },
  };
}

const kinds = { store: "assigned here", load: "read here", parameter: "parameter" } as const;

function tipParts(view: EditorView, span: SymbolSpan): HTMLElement[] {
  const { symbol } = span;
  if (symbol.reason !== undefined) {
    const isNamed = symbol.reason.startsWith(`${symbol.symbol} `);
    return [...(isNamed ? [] : [part("tip-name", symbol.symbol)]), part("tip-reason", symbol.reason)];
  }
  const shown = view.state.field(probesField).byKey.get(span.key);
  const context = view.state.facet(codeContext);
  const parts = [part("tip-name", symbol.symbol), part("tip-kind", kinds[symbol.context])];
  const id = shown?.probe?.id;
  if (id !== undefined) {
    const type = context?.describe(id);
    if (type !== undefined) parts.push(part("tip-kind", type));
    const value = context?.values.find(id);
    if (value !== undefined) parts.push(part("tip-value", value.text));
  }
  parts.push(part("tip-action", shown === undefined ? "click = scope" : "click = remove"));
  return parts;
}

function part(className: string, text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = className;
  element.textContent = text;
  return element;
}

/** As a screen reader says it. */
export function spokenSymbol(span: SymbolSpan, line: number, isWatched: boolean): string {
  const { symbol } = span;
  const where = symbol.function === "" ? "at module level" : `in ${symbol.function}`;
  return `${symbol.symbol}, ${kinds[symbol.context]}, line ${line}, ${where}. Enter to ${isWatched ? "stop watching" : "watch"}`;
}
