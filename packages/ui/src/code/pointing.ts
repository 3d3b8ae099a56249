/** Mouse and keys of the code: hover predicts, release takes, Tab and arrows walk from name to name. */
import { Prec } from "@codemirror/state";
import { EditorView, keymap, ViewPlugin } from "@codemirror/view";
import { codeContext, type WatchAs } from "./code-context.ts";
import { type PlainWord, plainWordAt, plainWordField, setPlainWord } from "./plain-words.ts";
import { type Pointed, pointedField, setPointed, spokenSymbol } from "./pointed-field.ts";
import { probesField } from "./probes-field.ts";
import { type SymbolSpan, stepLine } from "./symbol-index.ts";
import { symbolsField } from "./symbols-field.ts";
import { openMenuOf, toggleSpan } from "./take-span.ts";

const HOVER_MS = 120;
const REASON_MS = 400;
const DOUBLE_TAP_MS = 350;

/** The name whose drawn box holds the point: hover and click both ask here, so they cannot differ. */
export function symbolAt(view: EditorView, point: { readonly x: number; readonly y: number }): SymbolSpan | undefined {
  const offset = view.posAtCoords(point);
  if (offset === null) return undefined;
  const span = view.state.field(symbolsField).index.find(offset);
  if (span === undefined) return undefined;
  const start = view.coordsAtPos(span.from, 1);
  const end = view.coordsAtPos(span.to, -1);
  if (start === null || end === null) return undefined;
  const isOneLine = Math.abs(start.top - end.top) < 2;
  if (point.y < start.top || point.y > end.bottom) return undefined;
  return isOneLine && (point.x < start.left || point.x > end.right) ? undefined : span;
}

class Pointing {
  readonly #view: EditorView;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #aimed: SymbolSpan | undefined;
  #plainTimer: ReturnType<typeof setTimeout> | undefined;
  #plainFrom: number | undefined;
  #pressed: { readonly x: number; readonly y: number; readonly as: WatchAs } | undefined;
  #isTouch = false;
  #tapped: { readonly key: string; readonly atMs: number } | undefined;

  constructor(view: EditorView) {
    this.#view = view;
  }

  destroy(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#plainTimer);
  }

  move(event: MouseEvent): void {
    if (event.buttons !== 0 || this.#isTouch) return;
    const span = symbolAt(this.#view, event);
    if (span === undefined) this.#aimAtPlainWord(event);
    else this.#tellPlainWord(null);
    if (span?.key === this.#aimed?.key) return;
    this.#aimed = span;
    clearTimeout(this.#timer);
    const { span: shown, by } = this.#view.state.field(pointedField) ?? {};
    if (shown !== undefined && by === "mouse" && shown.key !== span?.key) this.#point(null);
    if (span === undefined) return;
    const delayMs = span.symbol.reason === undefined ? HOVER_MS : REASON_MS;
    this.#timer = setTimeout(() => this.#point({ span, by: "mouse" }), delayMs);
  }

  leave(): void {
    clearTimeout(this.#timer);
    this.#aimed = undefined;
    this.#tellPlainWord(null);
    if (this.#view.state.field(pointedField)?.by === "mouse") this.#point(null);
  }

  touch(event: PointerEvent): void {
    this.#isTouch = event.pointerType === "touch";
  }

  /** True: with Shift or Alt a press on a name is for that name, and selects no text. */
  press(event: MouseEvent): boolean {
    const as = event.shiftKey ? "value" : event.altKey ? "overlay" : "scope";
    this.#pressed = event.button === 0 ? { x: event.clientX, y: event.clientY, as } : undefined;
    return this.#pressed !== undefined && as !== "scope" && symbolAt(this.#view, event)?.symbol.reason === undefined;
  }

  /** A click on a name takes it; a drag selects text and takes nothing. */
  release(event: MouseEvent): void {
    const pressed = this.#pressed;
    this.#pressed = undefined;
    if (pressed === undefined || (event.detail > 1 && !this.#isTouch)) return;
    if (Math.abs(pressed.x - event.clientX) + Math.abs(pressed.y - event.clientY) > 4) return;
    const span = symbolAt(this.#view, event);
    if (this.#isTouch) this.#tap(span, event.timeStamp);
    if (span === undefined || this.#isTouch) return;
    clearTimeout(this.#timer);
    this.#aimed = span;
    this.#point({ span, by: "mouse" });
    toggleSpan(this.#view.state, span, pressed.as);
  }

  /** The right button, and a finger that stays: everything that can be done with the name. */
  menu(event: MouseEvent): boolean {
    const span = symbolAt(this.#view, event);
    this.#pressed = undefined;
    return span !== undefined && openMenuOf(this.#view.state, span, { x: event.clientX, y: event.clientY });
  }

  /** The first tap tells, a second one soon after takes. */
  #tap(span: SymbolSpan | undefined, atMs: number): void {
    clearTimeout(this.#timer);
    const before = this.#tapped;
    this.#tapped = span === undefined ? undefined : { key: span.key, atMs };
    this.#point(span === undefined ? null : { span, by: "touch" });
    if (span === undefined || before?.key !== span.key || atMs - before.atMs > DOUBLE_TAP_MS) return;
    toggleSpan(this.#view.state, span, "scope");
    this.#point(null);
  }

  #aimAtPlainWord(event: MouseEvent): void {
    const word = plainWordAt(this.#view, event);
    if (word?.from === this.#plainFrom) return;
    this.#tellPlainWord(null);
    this.#plainFrom = word?.from;
    if (word !== undefined) this.#plainTimer = setTimeout(() => this.#tellPlainWord(word), REASON_MS);
  }

  #tellPlainWord(word: PlainWord | null): void {
    clearTimeout(this.#plainTimer);
    this.#plainFrom = word?.from;
    if (this.#view.state.field(plainWordField) !== word) this.#view.dispatch({ effects: setPlainWord.of(word) });
  }

  #point(pointed: Pointed | null): void {
    this.#view.dispatch({ effects: setPointed.of(pointed) });
  }
}

const mouse = ViewPlugin.fromClass(Pointing, {
  eventHandlers: {
    mousemove(event) {
      this.move(event);
    },
    mouseleave() {
      this.leave();
    },
    pointerdown(event) {
      this.touch(event);
    },
    mousedown(event) {
      return this.press(event);
    },
    contextmenu(event) {
      return this.menu(event);
    },
    mouseup(event) {
      this.release(event);
    },
  },
});

function pointTo(view: EditorView, span: SymbolSpan | undefined): boolean {
  if (span === undefined) return false;
  const line = view.state.doc.lineAt(span.from).number;
  view.dispatch({
    selection: { anchor: span.from },
    effects: [
      setPointed.of({ span, by: "keyboard" }),
      EditorView.scrollIntoView(span.from, { y: "nearest", yMargin: 60 }),
    ],
  });
  const isWatched = view.state.field(probesField).byKey.has(span.key);
  view.state.facet(codeContext)?.announce(spokenSymbol(span, line, isWatched));
  return true;
}

/** From the marked name, else from the cursor. */
function step(view: EditorView, direction: 1 | -1): boolean {
  const { index } = view.state.field(symbolsField);
  const pointed = view.state.field(pointedField);
  return pointTo(view, index.step(pointed?.span ?? view.state.selection.main.head - direction, direction));
}

function stepVertically(view: EditorView, direction: 1 | -1): boolean {
  const from = view.state.field(pointedField)?.span.from ?? view.state.selection.main.head;
  return pointTo(view, stepLine(view.state.field(symbolsField).index, view.state.doc, from, direction));
}

function take(view: EditorView, as: WatchAs): boolean {
  const pointed = view.state.field(pointedField);
  return pointed !== null && toggleSpan(view.state, pointed.span, as);
}

function remove(view: EditorView): boolean {
  const pointed = view.state.field(pointedField);
  return pointed !== null && view.state.field(probesField).byKey.has(pointed.span.key) && take(view, "scope");
}

function leaveKeyboard(view: EditorView): boolean {
  if (view.state.field(pointedField) === null) return false;
  view.dispatch({ effects: setPointed.of(null) });
  return true;
}

/** The lens menu of the name's scope, or all that can be done with a name that has none. */
function chooseLens(view: EditorView): boolean {
  const pointed = view.state.field(pointedField);
  if (pointed === null) return false;
  const { key } = pointed.span;
  if (!view.state.field(probesField).byKey.has(key)) return openMenu(view);
  view.state.facet(codeContext)?.openLensMenu(key);
  return true;
}

function openMenu(view: EditorView): boolean {
  const pointed = view.state.field(pointedField);
  const at = pointed && view.coordsAtPos(pointed.span.from, 1);
  return pointed !== null && at !== null && openMenuOf(view.state, pointed.span, { x: at.left, y: at.bottom });
}

const keys = Prec.high(
  keymap.of([
    { key: "Tab", run: (view) => step(view, 1), shift: (view) => step(view, -1) },
    { key: "ArrowRight", run: (view) => step(view, 1) },
    { key: "ArrowLeft", run: (view) => step(view, -1) },
    { key: "ArrowDown", run: (view) => stepVertically(view, 1) },
    { key: "ArrowUp", run: (view) => stepVertically(view, -1) },
    { key: "Enter", run: (view) => take(view, "scope") },
    { key: "Shift-Enter", run: (view) => take(view, "value") },
    { key: "Alt-Enter", run: (view) => take(view, "overlay") },
    { key: "Delete", run: remove },
    { key: "Backspace", run: remove },
    { key: "ContextMenu", run: openMenu },
    { key: "Shift-F10", run: openMenu },
    { key: "l", run: chooseLens },
    { key: "Escape", run: leaveKeyboard },
  ]),
);

export const pointing = [mouse, keys];
