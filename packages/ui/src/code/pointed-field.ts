/** The name under the pointer or the keyboard's mark: boxed, with a line that says what a click does. Exactly this is what a click takes. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, EditorView, showTooltip, type Tooltip } from "@codemirror/view";
import { codeContext } from "./code-context.ts";
import { probesField } from "./probes-field.ts";
import type { SymbolIndex, SymbolSpan } from "./symbol-index.ts";
import { setSymbols } from "./symbols-field.ts";
import { toggleSpan } from "./take-span.ts";

export type Pointed = { readonly span: SymbolSpan; readonly by: "mouse" | "keyboard" | "touch" };

export const setPointed = StateEffect.define<Pointed | null>();

export const pointedField = StateField.define<Pointed | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setPointed)) return effect.value;
    if (transaction.docChanged || value === null) return null;
    const read = transaction.effects.find((effect) => effect.is(setSymbols))?.value;
    return read === undefined ? value : inNewIndex(value, read);
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

/** The names of a file are read anew while a hand is on one of them: it stays there. */
function inNewIndex(pointed: Pointed, index: SymbolIndex): Pointed | null {
  const span = index.spans.find(({ key, from }) => key === pointed.span.key && from === pointed.span.from);
  return span === undefined ? null : { ...pointed, span };
}

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
      dom.className = `symbol-tip${pointed.by === "touch" ? " is-card" : ""}`;
      dom.dataset.testid = "symbol-tip";
      const write = () =>
        dom.replaceChildren(...tipParts(view, span), ...(pointed.by === "touch" ? [cardButton(view, span)] : []));
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
  if (shown === undefined) {
    const host = context?.overlayHost(span.key);
    parts.push(part("tip-hint", host === undefined ? "⇧ value only" : `⇧ value only, Alt over ${host}`));
  }
  return parts;
}

/** A finger has no hover: the first tap shows the card, its button takes the name. */
function cardButton(view: EditorView, span: SymbolSpan): HTMLElement {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "button card-button";
  button.dataset.testid = "card-probe";
  button.disabled = span.symbol.reason !== undefined;
  button.textContent = view.state.field(probesField).byKey.has(span.key) ? "Stop watching" : "Probe";
  button.addEventListener("click", () => {
    toggleSpan(view.state, span, "scope");
    view.dispatch({ effects: setPointed.of(null) });
  });
  return button;
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
