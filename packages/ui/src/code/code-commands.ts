/** What the rest of the page may ask of the code view, whichever component shows it now. */
export type CodeView = {
  readonly reveal: (file: string, line: number, column?: number) => void;
  readonly focus: () => void;
  readonly search: () => void;
};

export class CodeCommands {
  #view: CodeView | undefined;

  /** The mounted view takes the commands until it is unmounted. */
  attach(view: CodeView): () => void {
    this.#view = view;
    return () => {
      if (this.#view === view) this.#view = undefined;
    };
  }

  reveal(file: string, line: number, column = 0): void {
    this.#view?.reveal(file, line, column);
  }

  focus(): void {
    this.#view?.focus();
  }

  search(): void {
    this.#view?.search();
  }
}
