/** The read-only Python viewer, put together from its extensions. Owns the CodeMirror view and the state of each file it has shown. */
import { python } from "@codemirror/lang-python";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import { EditorState, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, tooltips } from "@codemirror/view";
import type { SourceSymbols } from "@pyprobe/protocol";
import { type AnchorKey, baseName } from "../state/anchor-key.ts";
import { type CodeContext, codeContext } from "./code-context.ts";
import { type LineProblem, problemsField, setProblems } from "./exception-lines.ts";
import { highlighting } from "./highlight.ts";
import { inlineValues } from "./inline-values.ts";
import { plainWordField } from "./plain-words.ts";
import { pointedField, setPointed } from "./pointed-field.ts";
import { pointing } from "./pointing.ts";
import { type CodeProbe, probesField, setProbes } from "./probes-field.ts";
import { stateGutter } from "./state-gutter.ts";
import { setSuggested, suggestedField } from "./suggested-field.ts";
import { SymbolIndex } from "./symbol-index.ts";
import { setSymbols, symbolsField } from "./symbols-field.ts";

export type ShownFile = { readonly file: string; readonly text: string; readonly symbols: SourceSymbols };

export class CodeEditor {
  readonly #view: EditorView;
  readonly #context: Omit<CodeContext, "file">;
  readonly #onLine: (line: number) => void;
  readonly #states = new Map<string, { state: EditorState; scrollTop: number }>();
  #shown: ShownFile | undefined;

  constructor(parent: HTMLElement, context: Omit<CodeContext, "file">, onLine: (line: number) => void) {
    this.#context = context;
    this.#onLine = onLine;
    this.#view = new EditorView({ parent, state: EditorState.create({ doc: "" }) });
  }

  destroy(): void {
    this.#view.destroy();
  }

  /** Shows a file. A file that was shown before keeps its place, a new one opens around `line`. */
  show(next: ShownFile, line?: number): void {
    const before = this.#shown;
    if (before === next) return;
    if (before?.file === next.file) {
      if (before.text !== next.text) this.#replaceText(next.text);
    } else {
      if (before !== undefined) {
        this.#states.set(before.file, { state: this.#view.state, scrollTop: this.#view.scrollDOM.scrollTop });
      }
      this.#swap(next, line);
    }
    this.#shown = next;
    this.#view.dispatch({ effects: setSymbols.of(SymbolIndex.of(next.file, next.symbols, this.#view.state.doc)) });
  }

  setProbes(probes: readonly CodeProbe[]): void {
    if (this.#shown !== undefined) this.#view.dispatch({ effects: setProbes.of(probes) });
  }

  setProblems(problems: readonly LineProblem[]): void {
    if (this.#shown !== undefined) this.#view.dispatch({ effects: setProblems.of(problems) });
  }

  /** Rings the names that are worth a first click. */
  suggest(keys: ReadonlySet<AnchorKey>): void {
    if (this.#shown !== undefined) this.#view.dispatch({ effects: setSuggested.of(keys) });
  }

  /** Brings a line into the middle of the view. */
  reveal(line: number, column = 0): void {
    const { doc } = this.#view.state;
    if (line < 1 || line > doc.lines) return;
    const { from, to } = doc.line(line);
    const anchor = Math.min(to, from + column);
    this.#view.dispatch({
      selection: { anchor },
      effects: EditorView.scrollIntoView(anchor, { y: "center" }),
    });
    const span = this.#view.state.field(symbolsField, false)?.index.find(anchor);
    if (span?.from === anchor) this.#view.dispatch({ effects: setPointed.of({ span, by: "keyboard" }) });
  }

  focus(): void {
    this.#view.focus();
  }

  openSearch(): void {
    openSearchPanel(this.#view);
  }

  #swap(next: ShownFile, line?: number): void {
    const kept = this.#states.get(next.file);
    if (kept !== undefined && kept.state.doc.toString() === next.text) {
      this.#view.setState(kept.state);
      this.#view.scrollDOM.scrollTop = kept.scrollTop;
      return;
    }
    this.#view.setState(EditorState.create({ doc: next.text, extensions: this.#extensions(next.file) }));
    if (line !== undefined) this.#openAt(line);
  }

  /** A file that is seen whole stays at its top. */
  #openAt(line: number): void {
    const { scrollDOM, defaultLineHeight, state } = this.#view;
    if (line > state.doc.lines) return;
    const anchor = state.doc.line(line).from;
    const isSeen = state.doc.lines * defaultLineHeight <= scrollDOM.clientHeight;
    // The cursor goes there too: the keyboard goes on from it, and the breadcrumb tells of it.
    this.#view.dispatch({
      selection: { anchor },
      ...(isSeen ? {} : { effects: EditorView.scrollIntoView(anchor, { y: "center" }) }),
    });
  }

  /** Replaces only what differs, so that selection and scroll position stay. */
  #replaceText(text: string): void {
    const { doc } = this.#view.state;
    const normal = this.#view.state.toText(text);
    const from = commonPrefix(doc.toString(), normal.toString());
    const suffix = commonSuffix(doc.toString(), normal.toString(), from);
    this.#view.dispatch({
      changes: { from, to: doc.length - suffix, insert: normal.slice(from, normal.length - suffix) },
      effects: setProblems.of([]),
    });
  }

  #extensions(file: string): Extension {
    return [
      codeContext.of({ ...this.#context, file }),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({
        tabindex: "0",
        "aria-label": `${baseName(file)}, read only. Tab or arrows move from name to name, Enter watches.`,
        "data-testid": "code",
      }),
      python(),
      highlighting,
      symbolsField,
      suggestedField,
      probesField,
      pointedField,
      plainWordField,
      problemsField,
      stateGutter,
      lineNumbers(),
      inlineValues,
      pointing,
      drawSelection(),
      highlightSelectionMatches(),
      search({ top: true }),
      keymap.of(searchKeymap),
      tooltips({ position: "fixed" }),
      EditorView.updateListener.of((update) => {
        const isPointed = update.startState.field(pointedField, false) !== update.state.field(pointedField, false);
        if (isPointed || update.selectionSet || update.viewportChanged || update.geometryChanged)
          this.#onLine(lineAtHand(update.view));
      }),
      EditorView.domEventHandlers({ scroll: (_event, view) => this.#onLine(lineAtHand(view)) }),
    ];
  }
}

function commonPrefix(a: string, b: string): number {
  let length = 0;
  while (length < a.length && length < b.length && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  return length;
}

/** Not reaching into the first `prefix` characters of either. */
function commonSuffix(a: string, b: string, prefix: number): number {
  let length = 0;
  const most = Math.min(a.length, b.length) - prefix;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length += 1;
  return length;
}

/** The line of the name that is pointed at, else of the cursor while it is on the screen, else the first that is. */
function lineAtHand(view: EditorView): number {
  const { doc, selection } = view.state;
  const pointed = view.state.field(pointedField, false);
  if (pointed) return doc.lineAt(Math.min(doc.length, pointed.span.from)).number;
  const top = view.scrollDOM.scrollTop;
  const first = view.lineBlockAtHeight(top);
  const cursor = view.lineBlockAt(selection.main.head);
  const isSeen = cursor.top >= top && cursor.bottom <= top + view.scrollDOM.clientHeight && selection.main.head > 0;
  return doc.lineAt(isSeen ? cursor.from : first.from).number;
}
