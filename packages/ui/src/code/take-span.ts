import type { EditorState } from "@codemirror/state";
import { anchorOf } from "../state/anchor-key.ts";
import { codeContext, type WatchAs } from "./code-context.ts";
import type { SymbolSpan } from "./symbol-index.ts";

/** Does what was asked for with a name; false when it is none that can be watched. */
export function toggleSpan(state: EditorState, span: SymbolSpan, as: WatchAs): boolean {
  const context = state.facet(codeContext);
  if (context === undefined || span.symbol.reason !== undefined) return false;
  context.watch(anchorOf(context.file, span.symbol), as);
  return true;
}

export function openMenuOf(
  state: EditorState,
  span: SymbolSpan,
  at: { readonly x: number; readonly y: number },
): boolean {
  const context = state.facet(codeContext);
  if (context === undefined || span.symbol.reason !== undefined) return false;
  context.openNameMenu(anchorOf(context.file, span.symbol), at);
  return true;
}
