/**
 * A session: one program from launch or attach to its end, with its child processes, and again after each restart. It owns
 * the probes, the limits and the capture log; what belongs to one run of the program is in its `Run`. A recording that was
 * opened is a session, too: one whose run is over.
 */
import { createDeferred, Emitter } from "@pyprobe/base";
import {
  type Anchor,
  type AnchorQuery,
  CallError,
  defaultLimits,
  type Interpreter,
  type Limits,
  type Probe,
  type ProbeCounters,
  type ProbeId,
  type ProbeMode,
  type Program,
  type ProgramException,
  type SessionId,
  type SessionInfo,
  type SessionState,
} from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import type { OutputBuffer } from "./output-buffer.ts";
import { ProbeList } from "./probe-list.ts";
import type { ProbeWish } from "./probe-wish.ts";
import type { RecordedContent } from "./recorded-content.ts";
import { Run, type RunParts, type SessionEvents } from "./run.ts";
import type { SessionParts } from "./session-parts.ts";
import { SessionProbes } from "./session-probes.ts";

export type { RecordedContent } from "./recorded-content.ts";
export type { SessionEvents } from "./run.ts";
export type { SessionParts } from "./session-parts.ts";

export type SessionStart = {
  readonly id: SessionId;
  readonly program: Program;
  /** The program as it was given, perhaps by a path from `cwd`: it sees that in `sys.argv`. */
  readonly typed: Program;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly python: string | undefined;
  readonly probes: readonly ProbeWish[];
  readonly limits: Partial<Limits>;
  readonly hold: boolean;
};

export class Session {
  readonly id: SessionId;
  readonly events = new Emitter<SessionEvents>();
  /** The captures of all runs. */
  readonly log: CaptureLog;
  /** The texts of a recording; of a program they are on disk. */
  readonly storedSources: RecordedContent["sources"] | undefined;
  readonly #start: SessionStart;
  readonly #parts: SessionParts;
  readonly #probes = new ProbeList();
  readonly #wishes: SessionProbes;
  readonly #tracedFiles = new Set<string>();
  readonly #prepared = createDeferred<void>();
  readonly #runParts: RunParts;
  #run: Run;
  #python: string | undefined;
  #limits: Limits;
  #interpreter: Interpreter | null = null;
  #mainFile: string | null = null;
  #recording: string | null = null;
  #isHeld = false;
  #isStopRequested = false;
  #starting: Promise<void> = Promise.resolve();
  #restarting: Promise<void> = Promise.resolve();
  #disposed: Promise<void> | undefined;

  private constructor(start: SessionStart, parts: SessionParts, recorded: RecordedContent | undefined) {
    this.id = start.id;
    this.#start = start;
    this.#parts = parts;
    this.#python = start.python;
    this.#limits = { ...defaultLimits, ...start.limits };
    this.log = recorded?.log ?? parts.createLog();
    this.storedSources = recorded?.sources;
    const { log, events } = this;
    this.#runParts = { log, events, probes: this.#probes, onChanged: () => this.#changed() };
    this.#run = recorded === undefined ? new Run(1, this.#runParts) : Run.recorded(recorded, this.#runParts);
    this.#wishes = new SessionProbes({
      list: this.#probes,
      events,
      tracedFiles: this.#tracedFiles,
      resolveAnchor: (query) => parts.resolveAnchor(this, query),
      followAnchor: (anchor) => parts.followAnchor(this, anchor),
      adapter: () => this.#run.adapter,
    });
    events.on("exception", ({ frames }) => {
      for (const { file } of frames) this.#tracedFiles.add(file);
    });
  }

  /** Returns at once, in the state `starting`; what happens follows as events. */
  static launch(start: SessionStart, parts: SessionParts): Session {
    const session = new Session(start, parts, undefined);
    session.#beginRun({ hold: start.hold, wishes: start.probes });
    return session;
  }

  static recorded(id: SessionId, content: RecordedContent, parts: SessionParts): Session {
    const { info, limits, probes } = content;
    const start = { id, ...info, typed: info.program, python: undefined, probes: [], limits, hold: false };
    const session = new Session(start, parts, content);
    session.#interpreter = info.interpreter;
    session.#mainFile = info.mainFile;
    session.#prepared.resolve();
    for (const probe of probes) session.#probes.addRecorded(probe);
    return session;
  }

  get info(): SessionInfo {
    const { program, args, cwd } = this.#start;
    const { state, targets, earlierTargets, number, startedAtMs } = this.#run;
    return {
      id: this.id,
      program,
      args: [...args],
      cwd,
      interpreter: this.#interpreter,
      state,
      targets,
      ...(earlierTargets > 0 && { earlierTargets }),
      run: number,
      startedAtMs,
      mainFile: this.#mainFile,
      recording: this.#recording,
    };
  }

  get state(): SessionState {
    return this.#run.state;
  }

  get interpreter(): Interpreter | null {
    return this.#interpreter;
  }

  get probes(): readonly Probe[] {
    return this.#probes.probes;
  }

  /** Those that were taken away; their captures are kept. */
  get removedProbes(): readonly Probe[] {
    return this.#probes.removed;
  }

  get limits(): Limits {
    return this.#limits;
  }

  get exceptions(): readonly ProgramException[] {
    return this.#run.exceptions;
  }

  /** What this run's program wrote. */
  get output(): OutputBuffer {
    return this.#run.output;
  }

  /** Resolves when the main file and the interpreter are known, or cannot be. */
  get prepared(): Promise<void> {
    return this.#prepared.promise;
  }

  /** Files that were seen in tracebacks or carry a probe: they may be looked at, wherever they are. */
  get tracedFiles(): ReadonlySet<string> {
    return this.#tracedFiles;
  }

  counters(): ProbeCounters[] {
    return this.#probes.probes.map(({ id }) => this.#run.counters.of(id));
  }

  /** Where an anchor of a probe stands, also of one that was removed. */
  anchorOf(id: ProbeId): Anchor | undefined {
    return this.#probes.anchorOf(id);
  }

  findProbe(id: ProbeId): Probe | undefined {
    return this.#probes.find(id);
  }

  /** Puts a probe on an anchor, or on what a query resolves to. The same anchor twice gives the probe that is there. */
  async addProbe(at: { anchor: Anchor } | { query: AnchorQuery }, mode: ProbeMode): Promise<Probe> {
    if (this.state.kind === "recorded") throw this.#notRunning("add a probe");
    return this.#wishes.add(at, mode);
  }

  /** Takes a probe away. Its captures are kept. */
  removeProbe(id: ProbeId): void {
    this.#wishes.remove(id);
  }

  /** Puts a removed probe back, with its id and captures. */
  restoreProbe(id: ProbeId): Probe {
    return this.#wishes.restore(id);
  }

  updateProbe(id: ProbeId, mode: ProbeMode): Probe {
    return this.#wishes.update(id, mode);
  }

  /** Lets a program that was launched with `hold` run. */
  begin(): void {
    this.#isHeld = false;
    this.#run.adapter?.begin();
  }

  /** Settles when the program has ended; at once when it does not run. */
  async stop(options: { force?: boolean } = {}): Promise<void> {
    this.#isStopRequested = true;
    await this.#starting;
    await this.#run.adapter?.stop({ force: options.force ?? false });
  }

  /** Stops the program if it runs, and starts it again with the same probes. Resolves when the new run is starting. */
  async restart(options: { python?: string | undefined } = {}): Promise<SessionInfo> {
    if (this.state.kind === "recorded") throw this.#notRunning("restart");
    // One after the other: each finds the run of the one before.
    const restarted = this.#restarting.then(async () => {
      await this.stop();
      if (this.#disposed !== undefined) throw this.#notRunning("restart");
      this.#python = options.python ?? this.#python;
      this.#run = new Run(this.#run.number + 1, this.#runParts);
      this.#beginRun({ hold: false, wishes: [] });
      return this.info;
    });
    this.#restarting = restarted.then(
      () => undefined,
      () => undefined,
    );
    return restarted;
  }

  input(text: string, options: { end: boolean }): void {
    this.#run.input(text, options);
  }

  /** For clients that must not miss any of it. */
  holdOutput(isHeld: boolean): void {
    this.#run.adapter?.holdOutput(isHeld);
  }

  setLimits(limits: Partial<Limits>): Limits {
    this.#limits = { ...this.#limits, ...limits };
    this.#run.adapter?.setLimits(this.#limits);
    return this.#limits;
  }

  /** Said by whoever writes the recording. */
  setRecording(path: string | null): void {
    this.#recording = path;
    this.#changed();
  }

  /** Ends the program at once; nothing is told any more, and nothing can be begun. */
  dispose(): Promise<void> {
    this.#disposed ??= this.#dispose();
    return this.#disposed;
  }

  async #dispose(): Promise<void> {
    await this.#restarting;
    this.#isStopRequested = true;
    await this.#starting;
    const { adapter } = this.#run;
    this.#run.detach();
    await adapter?.dispose();
  }

  #beginRun(options: { hold: boolean; wishes: readonly ProbeWish[] }): void {
    const run = this.#run;
    this.#isHeld = options.hold;
    this.#isStopRequested = false;
    this.log.beginRun(run.number);
    this.#probes.runStarted();
    this.#changed();
    this.events.emit("run_started", { run: run.number });
    this.#starting = this.#startProgram(run, options.wishes).catch((error: unknown) => {
      const [code, message] = error instanceof CallError ? [error.code, error.message] : ["internal", String(error)];
      run.fail({ code, message });
    });
  }

  async #startProgram(run: Run, wishes: readonly ProbeWish[]): Promise<void> {
    const interpreter = await this.#prepare().finally(() => this.#prepared.resolve());
    await this.#wishes.addWishes(wishes);
    if (run.number > 1) await this.#wishes.followEdits();
    if (this.#isStopRequested) {
      run.end({ exitCode: null, signal: null });
      return;
    }
    const adapter = this.#parts.startAdapter({
      session: this.id,
      run: run.number,
      program: this.#start.typed,
      args: this.#start.args,
      cwd: this.#start.cwd,
      interpreter,
      probes: () => this.#probes.placeable,
      limits: () => this.#limits,
      hold: this.#isHeld,
      sink: this.log,
    });
    run.attach(adapter);
  }

  /** Settles what the sources need: the main file and the interpreter. */
  async #prepare(): Promise<Interpreter> {
    const { program, cwd } = this.#start;
    const findMainFile = (interpreter: Interpreter | null) => this.#parts.findMainFile(program, { cwd, interpreter });
    if (program.kind === "script") this.#mainFile = await findMainFile(null);
    const near = program.kind === "script" ? program.path : cwd;
    const interpreter = await this.#parts.chooseInterpreter({ python: this.#python, near });
    this.#interpreter = interpreter;
    if (program.kind === "module") this.#mainFile = await findMainFile(interpreter);
    this.#changed();
    return interpreter;
  }

  #changed(): void {
    this.events.emit("changed", this.info);
  }

  #notRunning(what: string): CallError {
    return new CallError("not_running", `Cannot ${what} in session ${this.id}: its program does not run`);
  }
}
