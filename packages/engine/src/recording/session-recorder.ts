/** Records one session: brings everything that happens in it to its recorder, until it is closed. */
import type { Dispose } from "@pyprobe/base";
import { CallError, type SourceSymbols } from "@pyprobe/protocol";
import type { Session } from "../session/session.ts";
import { Recorder } from "./recorder.ts";

export type SourceReader = (file: string) => Promise<{ text: string; symbols: SourceSymbols }>;

export class SessionRecorder {
  readonly session: Session;
  readonly #recorder: Recorder;
  readonly #readSource: SourceReader;
  readonly #unsubscribe: Dispose[];
  /** Files of this run whose text was asked for. */
  #files = new Set<string>();
  #reading: Promise<void>[] = [];
  #missed = 0;

  private constructor(session: Session, recorder: Recorder, readSource: SourceReader) {
    this.session = session;
    this.#recorder = recorder;
    this.#readSource = readSource;
    const { events } = session;
    this.#unsubscribe = [
      events.on("run_started", () => {
        this.#files = new Set();
      }),
      events.on("changed", () => this.#changed()),
      events.on("target", ({ run, target }) => recorder.add({ kind: "target", run, target })),
      events.on("probe_changed", (probe) => {
        recorder.add({ kind: "probe", probe });
        this.#keepSource(probe.anchor.file);
      }),
      events.on("probe_removed", (probe) => recorder.add({ kind: "probe_removed", probe })),
      events.on("counters", (counters) => recorder.add({ kind: "counters", run: session.info.run, counters })),
      events.on("output", (output) => recorder.add({ kind: "output", run: session.info.run, output })),
      events.on("exception", (exception) => {
        recorder.add({ kind: "exception", run: session.info.run, exception });
        for (const { file } of exception.frames) this.#keepSource(file);
      }),
      recorder.events.on("missed", ({ captures }) => this.#tellMissed(captures)),
      recorder.events.on("ops_dropped", () => this.#tellMissed(0)),
      recorder.events.on("stalled", ({ message }) => session.events.emit("notice", { level: "error", message })),
      recorder.events.on("resumed", () => {
        const message = `The recording ${recorder.path} goes on: there is room on the disk again`;
        session.events.emit("notice", { level: "info", message });
      }),
      recorder.events.on("failed", ({ message }) => {
        this.#stopListening();
        session.events.emit("notice", { level: "error", message });
        session.setRecording(null);
      }),
    ];
    this.#addWhatIs();
  }

  /** Throws a `CallError` when the session cannot be recorded there. */
  static async start(session: Session, path: string, readSource: SourceReader): Promise<SessionRecorder> {
    if (session.state.kind === "recorded")
      throw new CallError("not_running", `Cannot record session ${session.id}: it is a recording already`);
    if (session.info.recording !== null)
      throw new CallError(
        "cannot_write",
        `Cannot record session ${session.id}: it is being recorded to ${session.info.recording}`,
      );
    const recorder = await Recorder.open(path, session.log);
    const sessionRecorder = new SessionRecorder(session, recorder, readSource);
    session.setRecording(path);
    return sessionRecorder;
  }

  get path(): string {
    return this.#recorder.path;
  }

  flush(): Promise<void> {
    return this.#recorder.flush();
  }

  async close(): Promise<void> {
    this.#stopListening();
    await Promise.allSettled(this.#reading);
    await this.#recorder.close();
  }

  /** What happened before the recording began, as far as it is still known. */
  #addWhatIs(): void {
    const { info, probes, removedProbes, output, exceptions } = this.session;
    this.#addRun();
    for (const target of info.targets) this.#recorder.add({ kind: "target", run: info.run, target });
    // Their captures are kept, and are nothing without the probe.
    for (const probe of removedProbes) {
      this.#recorder.add({ kind: "probe", probe });
      this.#recorder.add({ kind: "probe_removed", probe: probe.id });
    }
    for (const probe of probes) {
      this.#recorder.add({ kind: "probe", probe });
      this.#keepSource(probe.anchor.file);
    }
    this.#recorder.add({ kind: "counters", run: info.run, counters: this.session.counters() });
    for (const entry of output.entries) this.#recorder.add({ kind: "output", run: info.run, output: entry });
    for (const exception of exceptions) this.#recorder.add({ kind: "exception", run: info.run, exception });
  }

  #addRun(): void {
    const { info, limits } = this.session;
    this.#recorder.add({ kind: "run", info, limits });
    if (info.mainFile !== null) this.#keepSource(info.mainFile);
  }

  #changed(): void {
    this.#addRun();
    const { kind } = this.session.state;
    if (kind === "ended" || kind === "failed") this.#recorder.pause();
  }

  /** The text as it is now goes into the file, once for each run, so that the recording is complete on another machine. */
  #keepSource(file: string): void {
    if (this.#files.has(file)) return;
    this.#files.add(file);
    const { run } = this.session.info;
    const reading = this.#readSource(file).then(
      ({ text, symbols }) => this.#recorder.add({ kind: "source", run, file, text, symbols }),
      // Not a file, or none of the program's: there is nothing to show of it while it runs, either.
      () => {},
    );
    this.#reading.push(reading);
    void reading.then(() => {
      this.#reading = this.#reading.filter((other) => other !== reading);
    });
  }

  #tellMissed(captures: number): void {
    const isFirst = this.#missed === 0;
    this.#missed += Math.max(1, captures);
    if (!isFirst) return;
    const message = `The recording ${this.#recorder.path} misses captures or output: the disk is too slow (they are counted in its table "counters")`;
    this.session.events.emit("notice", { level: "warning", message });
  }

  #stopListening(): void {
    for (const dispose of this.#unsubscribe.splice(0)) dispose();
  }
}
