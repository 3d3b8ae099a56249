/**
 * A session: one program from launch or attach to its end, with its child processes, and again after each restart. It owns
 * the probes, the counters, the output and, one for each run, the capture log and the adapter. A recording that was opened
 * is a session, too: one without an adapter.
 */
import { createDeferred, type Dispose, Emitter } from "@pyprobe/base";
import {
  type Anchor,
  type AnchorQuery,
  CallError,
  defaultLimits,
  type ErrorCode,
  type Exit,
  type Interpreter,
  type Limits,
  type Output,
  type Probe,
  type ProbeCounters,
  type ProbeId,
  type ProbeMode,
  type Program,
  type ProgramException,
  type SessionId,
  type SessionInfo,
  type SessionState,
  type SourceSymbols,
  type Target,
} from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import type { Adapter, AdapterEvents, ClockOrigin, Notice, StartAdapter } from "./adapter.ts";
import { COUNTERS_TICK_MS, Counters } from "./counters.ts";
import { OutputBuffer } from "./output-buffer.ts";
import { ProbeList } from "./probe-list.ts";

const MAX_EXCEPTIONS = 200;

export type ProbeWish = { readonly query: AnchorQuery; readonly mode: ProbeMode };

export type SessionEvents = {
  changed: SessionInfo;
  /** Added, restored, moved, or its state or mode changed. */
  probe_changed: Probe;
  probe_removed: ProbeId;
  /** 4 times a second at most: those that changed. */
  counters: readonly ProbeCounters[];
  output: Output;
  exception: ProgramException;
  notice: Notice;
  /** A run begins. The log keeps the captures of the runs before apart. */
  run_started: { readonly run: number };
  /** Probes with new captures; once for each portion that was read. */
  captured: readonly ProbeId[];
};

/** What a session gets from the rest of the engine. */
export type SessionParts = {
  readonly createLog: () => CaptureLog;
  readonly chooseInterpreter: (near: { python: string | undefined; near: string }) => Promise<Interpreter>;
  /** The program's main file; throws a `CallError` when there is nothing to run. A module is looked for with the interpreter. */
  readonly findMainFile: (
    program: Program,
    where: { cwd: string; interpreter: Interpreter | null },
  ) => Promise<string | null>;
  readonly resolveAnchor: (session: Session, query: AnchorQuery) => Promise<Anchor>;
  /** Where an anchor stands after its file was edited; undefined when it is gone. */
  readonly followAnchor: (session: Session, anchor: Anchor) => Promise<Anchor | undefined>;
  readonly startAdapter: StartAdapter;
};

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

/** What is shown of a recording. */
export type RecordedContent = {
  readonly info: Omit<SessionInfo, "id" | "state"> & { readonly path: string };
  readonly probes: readonly Probe[];
  readonly counters: readonly ProbeCounters[];
  readonly limits: Limits;
  readonly output: readonly Output[];
  readonly exceptions: readonly ProgramException[];
  readonly log: CaptureLog;
  readonly sources: ReadonlyMap<string, { text: string; symbols: SourceSymbols }>;
};

export class Session {
  readonly id: SessionId;
  readonly events = new Emitter<SessionEvents>();
  readonly output = new OutputBuffer();
  /** The captures of all runs. */
  readonly log: CaptureLog;
  /** The texts of a recording; of a program they are on disk. */
  readonly storedSources: RecordedContent["sources"] | undefined;
  readonly #program: Program;
  readonly #typed: Program;
  readonly #args: readonly string[];
  readonly #cwd: string;
  readonly #parts: SessionParts;
  readonly #probes = new ProbeList();
  readonly #counters = new Counters();
  readonly #targets = new Map<number, Target>();
  /** The clock of this run's first process: all times count from there. */
  #origin: ClockOrigin | undefined;
  readonly #tracedFiles = new Set<string>();
  #python: string | undefined;
  #limits: Limits = defaultLimits;
  #exceptions: ProgramException[] = [];
  #state: SessionState = { kind: "starting" };
  #interpreter: Interpreter | null = null;
  #mainFile: string | null = null;
  #recording: string | null = null;
  #run = 0;
  #startedAtMs = 0;
  #adapter: Adapter | undefined;
  #isHeld = false;
  #starting: Promise<void> = Promise.resolve();
  readonly #prepared = createDeferred<void>();
  /** What was written to the program's input before it was there. */
  #earlyInput: { readonly text: string; readonly end: boolean }[] = [];
  #isStopRequested = false;
  #unsubscribe: Dispose[] = [];
  #tick: NodeJS.Timeout | undefined;

  private constructor(start: SessionStart, parts: SessionParts, recorded: RecordedContent | undefined) {
    this.id = start.id;
    this.#program = start.program;
    this.#typed = start.typed;
    this.#args = start.args;
    this.#cwd = start.cwd;
    this.#python = start.python;
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...start.limits };
    this.log = recorded?.log ?? parts.createLog();
    this.storedSources = recorded?.sources;
  }

  /** Returns at once, in the state `starting`; what happens follows as events. */
  static launch(start: SessionStart, parts: SessionParts): Session {
    const session = new Session(start, parts, undefined);
    session.#startRun({ hold: start.hold, wishes: start.probes });
    return session;
  }

  static recorded(id: SessionId, content: RecordedContent, parts: SessionParts): Session {
    const { info } = content;
    const start = {
      id,
      ...info,
      typed: info.program,
      python: undefined,
      probes: [],
      limits: content.limits,
      hold: false,
    };
    const session = new Session(start, parts, content);
    session.#state = { kind: "recorded", path: info.path };
    session.#interpreter = info.interpreter;
    session.#prepared.resolve();
    session.#mainFile = info.mainFile;
    session.#run = info.run;
    session.#startedAtMs = info.startedAtMs;
    session.#exceptions = [...content.exceptions];
    for (const target of info.targets) session.#targets.set(target.pid, target);
    for (const probe of content.probes) session.#probes.addRecorded(probe);
    for (const counters of content.counters) session.#counters.restore(counters);
    for (const output of content.output) session.output.add(output);
    return session;
  }

  get info(): SessionInfo {
    return {
      id: this.id,
      program: this.#program,
      args: [...this.#args],
      cwd: this.#cwd,
      interpreter: this.#interpreter,
      state: this.#state,
      targets: [...this.#targets.values()],
      run: this.#run,
      startedAtMs: this.#startedAtMs,
      mainFile: this.#mainFile,
      recording: this.#recording,
    };
  }

  get state(): SessionState {
    return this.#state;
  }

  get interpreter(): Interpreter | null {
    return this.#interpreter;
  }

  get probes(): readonly Probe[] {
    return this.#probes.probes;
  }

  get limits(): Limits {
    return this.#limits;
  }

  get exceptions(): readonly ProgramException[] {
    return this.#exceptions;
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
    return this.#probes.probes.map(({ id }) => this.#counters.of(id));
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
    if (this.#state.kind === "recorded") throw this.#notRunning("add a probe");
    const anchor = "anchor" in at ? at.anchor : await this.#parts.resolveAnchor(this, at.query);
    const { probe, isNew } = this.#probes.add(anchor, mode);
    if (isNew) this.#introduce(probe);
    return probe;
  }

  /** Takes a probe away. Its captures are kept. */
  removeProbe(id: ProbeId): void {
    this.#probes.remove(id);
    this.#adapter?.removeProbe(id);
    this.events.emit("probe_removed", id);
  }

  /** Puts a removed probe back, with its id and captures. */
  restoreProbe(id: ProbeId): Probe {
    const isThere = this.#probes.find(id) !== undefined;
    const probe = this.#probes.restore(id);
    if (!isThere) this.#introduce(probe);
    return probe;
  }

  updateProbe(id: ProbeId, mode: ProbeMode): Probe {
    const probe = this.#probes.update(id, mode);
    this.#adapter?.updateProbe(id, mode);
    this.events.emit("probe_changed", probe);
    return probe;
  }

  /** Lets a program that was launched with `hold` run. */
  begin(): void {
    this.#isHeld = false;
    this.#adapter?.begin();
  }

  /** Settles when the program has ended; at once when it does not run. */
  async stop(options: { force?: boolean } = {}): Promise<void> {
    this.#isStopRequested = true;
    await this.#starting;
    await this.#adapter?.stop({ force: options.force ?? false });
  }

  /** Stops the program if it runs, and starts it again with the same probes. Returns when the new run is starting. */
  async restart(options: { python?: string | undefined } = {}): Promise<SessionInfo> {
    if (this.#state.kind === "recorded") throw this.#notRunning("restart");
    await this.stop();
    this.#python = options.python ?? this.#python;
    this.#startRun({ hold: false, wishes: [] });
    return this.info;
  }

  input(text: string, options: { end: boolean }): void {
    if (this.#adapter !== undefined) this.#adapter.input(text, options);
    else if (this.#state.kind === "starting") this.#earlyInput.push({ text, ...options });
    else throw this.#notRunning("write to its input");
  }

  /** For clients that must not miss any of it. */
  holdOutput(isHeld: boolean): void {
    this.#adapter?.holdOutput(isHeld);
  }

  setLimits(limits: Partial<Limits>): Limits {
    this.#limits = { ...this.#limits, ...limits };
    this.#adapter?.setLimits(this.#limits);
    return this.#limits;
  }

  /** Said by whoever writes the recording. */
  setRecording(path: string | null): void {
    this.#recording = path;
    this.#changed();
  }

  async dispose(): Promise<void> {
    this.#isStopRequested = true;
    await this.#starting;
    const adapter = this.#adapter;
    this.#endRun();
    await adapter?.dispose();
  }

  #startRun(options: { hold: boolean; wishes: readonly ProbeWish[] }): void {
    this.#run += 1;
    this.#startedAtMs = Date.now();
    this.#isHeld = options.hold;
    this.#isStopRequested = false;
    this.log.beginRun(this.#run);
    this.#targets.clear();
    this.#origin = undefined;
    this.#counters.clear();
    this.#probes.runStarted();
    this.#exceptions = [];
    this.output.clear();
    this.#setState({ kind: "starting" });
    this.events.emit("run_started", { run: this.#run });
    this.#starting = this.#start(options.wishes).catch((error: unknown) => {
      const [code, message] = error instanceof CallError ? [error.code, error.message] : ["internal", String(error)];
      this.#fail({ code, message });
    });
  }

  async #start(wishes: readonly ProbeWish[]): Promise<void> {
    const interpreter = await this.#prepare().finally(() => this.#prepared.resolve());
    for (const wish of wishes) await this.#addWish(wish);
    if (this.#run > 1) await this.#followEdits();
    if (this.#isStopRequested) {
      this.#ended({ exitCode: null, signal: null });
      return;
    }
    const adapter = this.#parts.startAdapter({
      session: this.id,
      run: this.#run,
      program: this.#typed,
      args: this.#args,
      cwd: this.#cwd,
      interpreter,
      probes: () => this.#probes.placeable,
      limits: () => this.#limits,
      hold: this.#isHeld,
      sink: this.log,
    });
    this.#adapter = adapter;
    this.#listen(adapter);
    for (const { text, end } of this.#earlyInput.splice(0)) adapter.input(text, { end });
    this.#tick = setInterval(() => this.#emitCounters(), COUNTERS_TICK_MS);
  }

  /** Settles what the sources need: the main file and the interpreter. */
  async #prepare(): Promise<Interpreter> {
    const isScript = this.#program.kind === "script";
    const findMainFile = (interpreter: Interpreter | null) =>
      this.#parts.findMainFile(this.#program, { cwd: this.#cwd, interpreter });
    if (isScript) this.#mainFile = await findMainFile(null);
    const near = this.#program.kind === "script" ? this.#program.path : this.#cwd;
    const interpreter = await this.#parts.chooseInterpreter({ python: this.#python, near });
    this.#interpreter = interpreter;
    if (!isScript) this.#mainFile = await findMainFile(interpreter);
    this.#changed();
    return interpreter;
  }

  /** A wish made at launch has nobody to refuse it to: it becomes a failed probe that says why. */
  async #addWish({ query, mode }: ProbeWish): Promise<void> {
    try {
      await this.addProbe({ query }, mode);
    } catch (error) {
      if (!(error instanceof CallError)) throw error;
      const { file, line, column, symbol } = query;
      const anchor = { file, line, column: column ?? (0 as Anchor["column"]), symbol, function: "", context: "store" };
      const refusal = { kind: "failed", code: refusalCodes[error.code] ?? "fault", message: error.message } as const;
      this.events.emit("probe_changed", this.#probes.addRefused(anchor as Anchor, mode, refusal));
    }
  }

  /** Probes go with their statements when the source was edited between two runs. */
  async #followEdits(): Promise<void> {
    for (const { id, anchor } of this.#probes.probes) {
      const moved = await this.#parts.followAnchor(this, anchor);
      const refusal = {
        kind: "failed",
        code: "no_such_name",
        message: `Cannot place probe on "${anchor.symbol}" at ${anchor.file}:${anchor.line}: the source was edited and it is gone`,
      } as const;
      this.#probes.refuse(id, moved === undefined ? refusal : undefined);
      if (moved !== undefined) this.#probes.move(id, moved);
      this.events.emit("probe_changed", this.#probes.get(id));
    }
  }

  #introduce(probe: Probe): void {
    this.#tracedFiles.add(probe.anchor.file);
    this.#adapter?.addProbe(probe);
    this.events.emit("probe_changed", probe);
  }

  #listen(adapter: Adapter): void {
    const on = <Name extends keyof AdapterEvents>(name: Name, listener: (event: AdapterEvents[Name]) => void) =>
      this.#unsubscribe.push(adapter.events.on(name, listener));
    on("running", ({ pid }) => this.#setState({ kind: "running", pid }));
    on("stopping", ({ pid, step }) => this.#setState({ kind: "stopping", pid, step }));
    on("joined", (target) => {
      this.#targets.set(target.pid, target);
      this.#changed();
    });
    on("left", (event) => this.#targetLeft(event));
    on("clock", (clock) => {
      this.#origin ??= clock;
      this.log.setOrigin(clock.pid, originFor(clock, this.#origin));
    });
    on("placed", (report) => this.#probeChanged(this.#probes.place(report)));
    on("totals", ({ pid, probes }) => this.#counters.reported(pid, probes));
    on("collected", ({ pid, probes }) => {
      this.#counters.collected(pid, probes);
      for (const { probe } of probes) this.#probeChanged(this.#probes.captured(probe));
      this.events.emit(
        "captured",
        probes.map(({ probe }) => probe),
      );
    });
    on("output", (output) => {
      this.output.add(output);
      this.events.emit("output", output);
    });
    on("exception", (exception) => this.#addException(exception));
    on("notice", (notice) => this.events.emit("notice", notice));
    on("ended", (exit) => this.#ended(exit));
    on("failed", (failure) => this.#fail(failure));
  }

  #targetLeft({ pid, lost, unattributed }: AdapterEvents["left"]): void {
    const target = this.#targets.get(pid);
    if (target !== undefined) this.#targets.set(pid, { ...target, state: "ended" });
    this.#counters.lost(lost);
    if (unattributed > 0) {
      const message = `Process ${pid} ended while it was writing ${unattributed} capture(s); they are lost`;
      this.events.emit("notice", { level: "warning", message });
    }
    this.#changed();
  }

  #addException(exception: ProgramException): void {
    if (this.#exceptions.length < MAX_EXCEPTIONS) this.#exceptions.push(exception);
    for (const { file } of exception.frames) this.#tracedFiles.add(file);
    this.events.emit("exception", exception);
  }

  #probeChanged(probe: Probe | undefined): void {
    if (probe !== undefined) this.events.emit("probe_changed", probe);
  }

  #ended(exit: Exit): void {
    this.#endRun();
    for (const probe of this.#probes.runEnded()) this.events.emit("probe_changed", probe);
    this.#setState({ kind: "ended", exit });
  }

  #fail(failure: { code: string; message: string }): void {
    this.#endRun();
    for (const probe of this.#probes.runEnded()) this.events.emit("probe_changed", probe);
    this.#setState({ kind: "failed", ...failure });
  }

  /** Everything that belongs to a run that runs. The last counters go out before its end is told. */
  #endRun(): void {
    for (const dispose of this.#unsubscribe.splice(0)) dispose();
    clearInterval(this.#tick);
    this.#tick = undefined;
    this.#adapter = undefined;
    this.#earlyInput = [];
    this.#emitCounters();
  }

  #emitCounters(): void {
    const changed = this.#counters.tick();
    if (changed.length > 0) this.events.emit("counters", changed);
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#changed();
  }

  #changed(): void {
    this.events.emit("changed", this.info);
  }

  #notRunning(what: string): CallError {
    return new CallError("not_running", `Cannot ${what} in session ${this.id}: its program does not run`);
  }
}

/** Clocks of one machine agree with its wall clock; those of another are compared by the wall clocks. */
const SAME_CLOCK_NS = 1_000_000_000n;

/** What a process's clock showed when the run's first process began. */
function originFor(clock: ClockOrigin, first: ClockOrigin): bigint {
  const byWall = clock.clockNs - (clock.wallNs - first.wallNs);
  const drift = byWall - first.clockNs;
  return drift < SAME_CLOCK_NS && drift > -SAME_CLOCK_NS ? first.clockNs : byWall;
}

/** How a refused query is called on a probe that shows it. */
const refusalCodes: Partial<Record<ErrorCode, "no_such_name" | "not_probeable" | "does_not_parse" | "no_code">> = {
  no_such_name: "no_such_name",
  not_probeable: "not_probeable",
  does_not_parse: "does_not_parse",
  no_such_file: "no_code",
  not_python: "does_not_parse",
};
