/**
 * One run of a session's program, from its start to its end: the adapter, the processes, the counters, the output, the
 * exceptions and the state. It turns what the adapter tells into the session's events. A recording has one that is over.
 */
import type { Dispose, Emitter } from "@pyprobe/base";
import {
  CallError,
  type Exit,
  type Output,
  type Probe,
  type ProbeCounters,
  type ProbeId,
  type ProgramException,
  type SessionInfo,
  type SessionState,
  type Target,
} from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import type { Adapter, AdapterEvents, ClockOrigin, Notice } from "./adapter.ts";
import { COUNTERS_TICK_MS, Counters } from "./counters.ts";
import { OutputBuffer } from "./output-buffer.ts";
import type { ProbeList } from "./probe-list.ts";
import type { RecordedContent } from "./recorded-content.ts";
import { Targets } from "./targets.ts";

const MAX_EXCEPTIONS = 200;
/** Processes that come and go are told at the pace of eyes. */
const TARGETS_MS = 100;
/** Clocks of one machine agree with its wall clock; those of another are compared by the wall clocks. */
const SAME_CLOCK_NS = 1_000_000_000n;

export type SessionEvents = {
  changed: SessionInfo;
  /** A process joined, or ended. */
  target: { readonly run: number; readonly target: Target };
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

export type RunParts = {
  readonly log: CaptureLog;
  readonly probes: ProbeList;
  readonly events: Emitter<SessionEvents>;
  /** The state or the processes changed. */
  readonly onChanged: () => void;
};

export class Run {
  readonly number: number;
  readonly startedAtMs: number;
  readonly output = new OutputBuffer();
  readonly counters = new Counters();
  readonly #parts: RunParts;
  readonly #targets = new Targets();
  readonly #exceptions: ProgramException[] = [];
  #state: SessionState = { kind: "starting" };
  /** The clock of the first process: all times count from there. */
  #origin: ClockOrigin | undefined;
  #adapter: Adapter | undefined;
  /** What was written to the program's input before it was there. */
  #earlyInput: { readonly text: string; readonly end: boolean }[] = [];
  #unsubscribe: Dispose[] = [];
  #tick: NodeJS.Timeout | undefined;
  #targetsTimer: NodeJS.Timeout | undefined;

  constructor(number: number, parts: RunParts, startedAtMs = Date.now()) {
    this.number = number;
    this.startedAtMs = startedAtMs;
    this.#parts = parts;
  }

  static recorded({ info, counters, output, exceptions }: RecordedContent, parts: RunParts): Run {
    const run = new Run(info.run, parts, info.startedAtMs);
    run.#state = { kind: "recorded", path: info.path };
    run.#exceptions.push(...exceptions);
    run.#targets.restore(info.targets, info.earlierTargets ?? 0);
    for (const each of counters) run.counters.restore(each);
    for (const each of output) run.output.add(each);
    return run;
  }

  get state(): SessionState {
    return this.#state;
  }

  get targets(): Target[] {
    return this.#targets.list;
  }

  get earlierTargets(): number {
    return this.#targets.earlier;
  }

  get exceptions(): readonly ProgramException[] {
    return this.#exceptions;
  }

  /** There from the moment the program is started until it has ended. */
  get adapter(): Adapter | undefined {
    return this.#adapter;
  }

  attach(adapter: Adapter): void {
    this.#adapter = adapter;
    this.#listen(adapter);
    for (const { text, end } of this.#earlyInput.splice(0)) adapter.input(text, { end });
    this.#tick = setInterval(() => this.#emitCounters(), COUNTERS_TICK_MS);
  }

  input(text: string, options: { end: boolean }): void {
    if (this.#adapter !== undefined) this.#adapter.input(text, options);
    else if (this.#state.kind === "starting") this.#earlyInput.push({ text, ...options });
    else throw new CallError("not_running", "Cannot write to the program's input: it does not run");
  }

  end(exit: Exit): void {
    this.#finish({ kind: "ended", exit });
  }

  fail(failure: { code: string; message: string }): void {
    this.#finish({ kind: "failed", ...failure });
  }

  /** Hears nothing of its adapter any more. The last counters go out. */
  detach(): void {
    for (const dispose of this.#unsubscribe.splice(0)) dispose();
    clearInterval(this.#tick);
    clearTimeout(this.#targetsTimer);
    this.#adapter = undefined;
    this.#earlyInput = [];
    this.#emitCounters();
  }

  #finish(state: SessionState): void {
    this.detach();
    const wasHit = (id: ProbeId) => Object.keys(this.counters.of(id).skipped).length > 0;
    for (const probe of this.#parts.probes.runEnded(wasHit)) this.#parts.events.emit("probe_changed", probe);
    this.#setState(state);
  }

  #listen(adapter: Adapter): void {
    const { events, log, probes: list } = this.#parts;
    const on = <Name extends keyof AdapterEvents>(name: Name, listener: (event: AdapterEvents[Name]) => void) =>
      this.#unsubscribe.push(adapter.events.on(name, listener));
    on("running", ({ pid }) => this.#setState({ kind: "running", pid }));
    on("stopping", ({ pid, step }) => this.#setState({ kind: "stopping", pid, step }));
    on("joined", (target) => {
      this.#targets.joined(target);
      this.#targetChanged(target);
    });
    on("left", (event) => this.#targetLeft(event));
    on("clock", (clock) => {
      this.#origin ??= clock;
      log.setOrigin(clock.pid, originFor(clock, this.#origin));
    });
    on("placed", (report) => this.#probeChanged(list.place(report)));
    on("totals", ({ pid, probes }) => this.counters.reported(pid, probes));
    on("collected", ({ pid, probes }) => {
      this.counters.collected(pid, probes);
      for (const { probe } of probes) this.#probeChanged(list.captured(probe));
      const ids = probes.map(({ probe }) => probe);
      events.emit("captured", ids);
    });
    on("output", (output) => {
      this.output.add(output);
      events.emit("output", output);
    });
    on("exception", (exception) => {
      // The person who stops a program has not found a fault in it.
      if (this.#state.kind === "stopping" && exception.type === "KeyboardInterrupt") return;
      if (this.#exceptions.length < MAX_EXCEPTIONS) this.#exceptions.push(exception);
      events.emit("exception", exception);
    });
    on("notice", (notice) => events.emit("notice", notice));
    on("ended", (exit) => this.end(exit));
    on("failed", (failure) => this.fail(failure));
  }

  #targetLeft({ pid, lost, unattributed }: AdapterEvents["left"]): void {
    const { probes: list, log } = this.#parts;
    const target = this.#targets.left(pid);
    this.counters.lost(lost);
    this.counters.settle(pid);
    log.processEnded(pid);
    list.settle(pid);
    if (unattributed > 0) {
      const message = `Process ${pid} ended while it was writing ${unattributed} capture(s); they are lost`;
      this.#parts.events.emit("notice", { level: "warning", message });
    }
    if (target !== undefined) this.#targetChanged(target);
  }

  #targetChanged(target: Target): void {
    this.#parts.events.emit("target", { run: this.number, target });
    this.#targetsTimer ??= setTimeout(() => this.#tellChanged(), TARGETS_MS);
  }

  #tellChanged(): void {
    clearTimeout(this.#targetsTimer);
    this.#targetsTimer = undefined;
    this.#parts.onChanged();
  }

  #probeChanged(probe: Probe | undefined): void {
    if (probe !== undefined) this.#parts.events.emit("probe_changed", probe);
  }

  #emitCounters(): void {
    const changed = this.counters.tick();
    if (changed.length > 0) this.#parts.events.emit("counters", changed);
  }

  #setState(state: SessionState): void {
    this.#state = state;
    this.#tellChanged();
  }
}

/** What a process's clock showed when the run's first process began. */
function originFor(clock: ClockOrigin, first: ClockOrigin): bigint {
  const byWall = clock.clockNs - (clock.wallNs - first.wallNs);
  const drift = byWall - first.clockNs;
  return drift < SAME_CLOCK_NS && drift > -SAME_CLOCK_NS ? first.clockNs : byWall;
}
