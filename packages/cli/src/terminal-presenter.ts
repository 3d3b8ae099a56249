/** The program's output on the terminal as it is, and beside it only what a person has to know. */
import type { ApiEvent, Output, Probe, SessionSnapshot, SessionState } from "@pyprobe/protocol";
import type { Presenter } from "./launched-program.ts";
import type { Writer } from "./writer.ts";

export type TerminalStreams = { readonly stdout: Writer; readonly stderr: Writer };

export type TerminalPresenterOptions = {
  /** Gives the sentence for a run that is over, of which the page may begin another. */
  readonly sayAtEnd?: (state: SessionState) => string | undefined;
  /** Without a page nobody else says why a probe watches nothing. */
  readonly tellsFailedProbes?: boolean;
};

export class TerminalPresenter implements Presenter {
  readonly followsCaptures = false;
  readonly #streams: TerminalStreams;
  readonly #options: TerminalPresenterOptions;
  readonly #told = new Set<string>();

  constructor(streams: TerminalStreams, options: TerminalPresenterOptions = {}) {
    this.#streams = streams;
    this.#options = options;
  }

  async begin({ output, probes }: SessionSnapshot): Promise<void> {
    for (const probe of probes) await this.#probe(probe);
    await this.#output(output);
  }

  event(event: ApiEvent): void | Promise<void> {
    switch (event.method) {
      case "session.output":
        return this.#output(event.params.output);
      case "probe.changed":
        return this.#probe(event.params.probe);
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
    const sentence = isOver ? this.#options.sayAtEnd?.(state) : undefined;
    return sentence === undefined ? undefined : this.say(sentence);
  }

  /** At once: a program may run for days. */
  #probe({ id, state }: Probe): void | Promise<void> {
    if (state.kind !== "failed" || this.#options.tellsFailedProbes !== true || this.#told.has(id)) return undefined;
    this.#told.add(id);
    return this.say(state.message);
  }

  async #output(output: readonly Output[]): Promise<void> {
    for (const { stream, text, base64 } of output) {
      // Byte for byte what the program wrote, also where that is no text.
      await this.#streams[stream].write(base64 === undefined ? text : Buffer.from(base64, "base64"));
    }
  }
}
