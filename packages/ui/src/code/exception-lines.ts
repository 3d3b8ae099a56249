/** The line that threw: boxed, with the message below it. */
import { StateEffect, StateField } from "@codemirror/state";
import { Decoration, type DecorationSet, EditorView, WidgetType } from "@codemirror/view";

/** A line to box. `word` tells what it is to a reader who cannot see the colour. */
export type LineProblem = { readonly line: number; readonly word: string; readonly message: string };

export const setProblems = StateEffect.define<readonly LineProblem[]>();

class ProblemWidget extends WidgetType {
  readonly #problem: LineProblem;

  constructor(problem: LineProblem) {
    super();
    this.#problem = problem;
  }

  override eq(other: ProblemWidget): boolean {
    return other.#problem.message === this.#problem.message && other.#problem.word === this.#problem.word;
  }

  override toDOM(): HTMLElement {
    const { word, message } = this.#problem;
    const dom = document.createElement("div");
    dom.className = "line-problem";
    dom.dataset.testid = "line-problem";
    dom.textContent = `✕ ${message.replaceAll(/\s*\n\s*/g, " ")}`;
    dom.title = `${word}: ${message}`;
    dom.setAttribute("role", "note");
    dom.setAttribute("aria-label", `${word}: ${message}`);
    return dom;
  }
}

const boxed = Decoration.line({ class: "cm-problem-line" });

export const problemsField = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(value, transaction) {
    let next = transaction.docChanged ? Decoration.none : value;
    for (const effect of transaction.effects) {
      if (effect.is(setProblems)) next = decorationsOf(effect.value, transaction.state);
    }
    return next;
  },
  provide: (field) => EditorView.decorations.from(field),
});

function decorationsOf(problems: readonly LineProblem[], state: EditorView["state"]): DecorationSet {
  const byLine = new Map(
    problems.filter(({ line }) => line <= state.doc.lines).map((problem) => [problem.line, problem]),
  );
  const ranges = [...byLine.values()].flatMap((problem) => {
    const line = state.doc.line(problem.line);
    // Below the line: behind a long one it would be out of sight.
    const widget = Decoration.widget({ widget: new ProblemWidget(problem), side: 2, block: true });
    return [boxed.range(line.from), widget.range(line.to)];
  });
  return Decoration.set(ranges, true);
}
