/** Words of the code that are no names to watch: what they are, said on a longer hover, so that nothing is silently dead. */
import { syntaxTree } from "@codemirror/language";
import { type EditorState, StateEffect, StateField } from "@codemirror/state";
import { type EditorView, showTooltip } from "@codemirror/view";

export type PlainWord = { readonly from: number; readonly to: number; readonly text: string; readonly reason: string };

export const setPlainWord = StateEffect.define<PlainWord | null>();

export const plainWordField = StateField.define<PlainWord | null>({
  create: () => null,
  update(value, transaction) {
    for (const effect of transaction.effects) if (effect.is(setPlainWord)) return effect.value;
    return transaction.docChanged ? null : value;
  },
  provide: (field) =>
    showTooltip.from(field, (word) =>
      word === null ? null : { pos: word.from, end: word.to, above: true, arrow: false, create: () => tipOf(word) },
    ),
});

function tipOf({ text, reason }: PlainWord): { dom: HTMLElement } {
  const dom = document.createElement("div");
  dom.className = "symbol-tip";
  dom.dataset.testid = "symbol-tip";
  const name = document.createElement("span");
  name.className = "tip-name";
  name.textContent = text;
  const why = document.createElement("span");
  why.className = "tip-reason";
  why.textContent = reason;
  dom.append(name, why);
  return { dom };
}

/** The word below a point of the window, when there is something to say about it. */
export function plainWordAt(
  view: EditorView,
  point: { readonly x: number; readonly y: number },
): PlainWord | undefined {
  const offset = view.posAtCoords(point);
  const word = offset === null ? null : view.state.wordAt(offset);
  if (word === null) return undefined;
  const start = view.coordsAtPos(word.from, 1);
  const end = view.coordsAtPos(word.to, -1);
  if (start === null || end === null || point.x < start.left || point.x > end.right) return undefined;
  if (point.y < start.top || point.y > end.bottom) return undefined;
  const reason = reasonOf(view.state, word.from);
  const { from, to } = word;
  return reason === undefined ? undefined : { from, to, text: view.state.sliceDoc(from, to), reason };
}

function reasonOf(state: EditorState, offset: number): string | undefined {
  const node = syntaxTree(state).resolveInner(offset, 1);
  const text = state.sliceDoc(node.from, node.to);
  if (node.name === "PropertyName")
    return "is looked up in an object: attributes can be watched where they are stored.";
  if (node.name === "VariableName" && isArgumentName(state, node.to)) return "names an argument of the call.";
  // In the grammar of Python a keyword is called by itself.
  if (node.name === text && /^[a-z]+$/.test(text)) return "is a word of Python itself.";
  return constants.has(node.name) ? "is a constant of Python itself." : undefined;
}

const constants: ReadonlySet<string> = new Set(["Boolean", "None"]);

/** `name=` within a call; anywhere else names are known. */
function isArgumentName(state: EditorState, end: number): boolean {
  return /^\s*=(?!=)/.test(state.sliceDoc(end, end + 8));
}
