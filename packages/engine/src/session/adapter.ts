/**
 * The engine's side for one kind of target. A session starts one adapter for each run and hears everything through its
 * events; it cannot tell whether a local process, a remote one or something else is behind it.
 */
import type { Emitter } from "@pyprobe/base";
import type {
  AgentProbe,
  Exit,
  Interpreter,
  Limits,
  Output,
  ProbeCode,
  ProbeId,
  ProbeMode,
  Program,
  ProgramException,
  Skipped,
  Target,
} from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";

/** What an adapter needs of the capture log. While it is full for a reader that must not miss anything, captures stay where they are. */
export type CaptureSink = Pick<CaptureLog, "append" | "reserve" | "maxRecordBytes" | "isFull" | "changes">;

/** Where one process's clock stood when its agent started: capture times are nanoseconds of that clock. */
export type ClockOrigin = { readonly pid: number; readonly clockNs: bigint; readonly wallNs: bigint };

/** What one agent says about one of its probes. */
export type PlacementReport = {
  readonly pid: number;
  readonly probe: ProbeId;
  readonly state: "pending" | "armed" | "failed";
  readonly code?: ProbeCode;
  readonly message?: string;
};

/** Running totals of one process, as its agent counts them. */
export type AgentTotals = {
  readonly probe: ProbeId;
  readonly captures: number;
  readonly skipped: Skipped;
  readonly costNs: number;
};

/** Running totals of what arrived from one process. */
export type CollectedTotals = { readonly probe: ProbeId; readonly captures: number; readonly bytes: number };

export type Notice = { readonly level: "info" | "warning" | "error"; readonly message: string };

export type AdapterEvents = {
  /** The program's own process is there and its first line may run. */
  running: { readonly pid: number };
  /** A process was told to end. */
  stopping: { readonly pid: number; readonly step: string };
  joined: Target;
  /** The process is gone and everything it committed has been collected. `lost` counts what cannot be attributed to a probe, too. */
  left: {
    readonly pid: number;
    readonly lost: ReadonlyMap<ProbeId, number>;
    readonly unattributed: number;
  };
  clock: ClockOrigin;
  placed: PlacementReport;
  totals: { readonly pid: number; readonly probes: readonly AgentTotals[] };
  /** After each portion that was read: the probes with new captures. */
  collected: { readonly pid: number; readonly probes: readonly CollectedTotals[] };
  output: Output;
  exception: ProgramException;
  notice: Notice;
  /** The last event of a run whose program started. */
  ended: Exit;
  /** The last event of a run whose program could not be started. */
  failed: { readonly code: string; readonly message: string };
};

export type Adapter = {
  readonly events: Emitter<AdapterEvents>;
  /** Lets the program's first line run, when it was started with `hold`. */
  begin(): void;
  addProbe(probe: AgentProbe): void;
  removeProbe(id: ProbeId): void;
  updateProbe(id: ProbeId, mode: ProbeMode): void;
  setLimits(limits: Limits): void;
  input(text: string, options: { end: boolean }): void;
  /** While it is held the program's output stays in its pipes, and a program that writes more than they take waits. */
  holdOutput(isHeld: boolean): void;
  /** Settles after `ended` or `failed`. With `force` the program is not asked. */
  stop(options: { force: boolean }): Promise<void>;
  /** Ends everything at once, without asking the program. */
  dispose(): Promise<void>;
};

/** What a run needs to start. `probes` are placed before the program's first line. */
export type RunRequest = {
  readonly session: string;
  readonly run: number;
  readonly program: Program;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly interpreter: Interpreter;
  readonly probes: () => readonly AgentProbe[];
  readonly limits: () => Limits;
  readonly hold: boolean;
  readonly sink: CaptureSink;
};

export type StartAdapter = (request: RunRequest) => Adapter;
