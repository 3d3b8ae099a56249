/** `--headless --json`: one object a line on stdout, the end last. */
import type { ApiEvent, Exit, Probe, SessionInfo, SessionSnapshot } from "@pyprobe/protocol";
import {
  captureLine,
  endLine,
  exceptionLine,
  type JsonLine,
  outputLine,
  probeLine,
  sessionLine,
} from "./json-lines.ts";
import { jsonText } from "./json-text.ts";
import type { Presenter } from "./launched-program.ts";
import type { Writer } from "./writer.ts";

export class JsonPresenter implements Presenter {
  readonly followsCaptures = true;
  readonly #out: Writer;
  readonly #notice: (message: string) => void;
  /** What was printed of each thing that has a state, so that it is printed again only when it changed. */
  readonly #printed = new Map<string, string>();

  constructor(out: Writer, options: { readonly onNotice: (message: string) => void }) {
    this.#out = out;
    this.#notice = options.onNotice;
  }

  begin({ info, probes, output, exceptions }: SessionSnapshot): Promise<void> {
    const states = [...this.#changed("session", sessionLine(info)), ...probes.flatMap((probe) => this.#probe(probe))];
    return this.#write([...states, ...output.map(outputLine), ...exceptions.map(exceptionLine)]);
  }

  event(event: ApiEvent): void | Promise<void> {
    switch (event.method) {
      case "session.changed":
        return this.#session(event.params.info);
      case "probe.changed":
        return this.#write(this.#probe(event.params.probe));
      case "captures":
        return this.#write(event.params.captures.map(captureLine));
      case "session.output":
        return this.#write(event.params.output.map(outputLine));
      case "session.exception":
        return this.#write([exceptionLine(event.params.exception)]);
      case "notice":
        this.#notice(event.params.message);
        return undefined;
      default:
        return undefined;
    }
  }

  end(exit: Exit, { counters }: SessionSnapshot): Promise<void> {
    return this.#write([endLine(exit, counters)]);
  }

  #session(info: SessionInfo): Promise<void> {
    return this.#write(this.#changed("session", sessionLine(info)));
  }

  #probe(probe: Probe): JsonLine[] {
    return this.#changed(probe.id, probeLine(probe));
  }

  #changed(key: string, line: JsonLine | undefined): JsonLine[] {
    if (line === undefined) return [];
    const text = jsonText(line);
    if (this.#printed.get(key) === text) return [];
    this.#printed.set(key, text);
    return [line];
  }

  #write(lines: readonly JsonLine[]): Promise<void> {
    return this.#out.write(lines.map((line) => `${jsonText(line)}\n`).join(""));
  }
}
