/** The program's output on the terminal as it is, and beside it only what a person has to know. */
import type { ApiEvent, Output, SessionSnapshot, SessionState } from "@pyprobe/protocol";
import type { Presenter } from "./launched-program.ts";
import type { Writer } from "./writer.ts";

export type TerminalStreams = { readonly stdout: Writer; readonly stderr: Writer };

export class TerminalPresenter implements Presenter {
  readonly followsCaptures = false;
  readonly #streams: TerminalStreams;
  readonly #sayAtEnd: ((state: SessionState) => string | undefined) | undefined;

  /** `sayAtEnd` gives the sentence for a run that is over, of which the page may begin another. */
  constructor(
    streams: TerminalStreams,
    options: { readonly sayAtEnd?: (state: SessionState) => string | undefined } = {},
  ) {
    this.#streams = streams;
    this.#sayAtEnd = options.sayAtEnd;
  }

  begin({ output }: SessionSnapshot): Promise<void> {
    return this.#output(output);
  }

  event(event: ApiEvent): void | Promise<void> {
    switch (event.method) {
      case "session.output":
        return this.#output(event.params.output);
      case "session.changed":
        return this.#state(event.params.info.state);
      case "notice":
        if (event.params.level !== "info") return this.say(event.params.message);
        return undefined;
      default:
        return undefined;
    }
  }

  say(message: string): Promise<void> {
    return this.#streams.stderr.write(`${message}\n`);
  }

  #state(state: SessionState): void | Promise<void> {
    const isOver = state.kind === "ended" || state.kind === "failed";
    const sentence = isOver ? this.#sayAtEnd?.(state) : undefined;
    return sentence === undefined ? undefined : this.say(sentence);
  }

  async #output(output: readonly Output[]): Promise<void> {
    for (const { stream, text } of output) await this.#streams[stream].write(text);
  }
}
