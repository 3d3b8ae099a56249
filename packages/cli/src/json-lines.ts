/** The objects that `--headless --json` prints, one a line: what the engine's API says, in the words of the command line. */
import type {
  Capture,
  Exit,
  Output,
  Probe,
  ProbeCounters,
  ProgramException,
  SessionInfo,
  Skipped,
} from "@pyprobe/protocol";

export type JsonLine =
  | {
      readonly event: "session";
      readonly state: "running";
      readonly pid: number;
      readonly python: string;
      readonly executable: string;
      readonly mechanism: string;
    }
  | {
      readonly event: "probe";
      readonly id: string;
      readonly state: "armed" | "pending" | "failed";
      readonly anchor: {
        readonly file: string;
        readonly line: number;
        /** From 1, as editors show it. */
        readonly column: number;
        readonly symbol: string;
        readonly function: string;
        readonly context: string;
      };
      readonly code: string | null;
      readonly message: string | null;
    }
  | ({ readonly event: "capture" } & Capture)
  | { readonly event: "output"; readonly stream: "stdout" | "stderr"; readonly text: string }
  | {
      readonly event: "exception";
      readonly type: string;
      readonly message: string;
      readonly file: string | null;
      readonly line: number | null;
    }
  | {
      readonly event: "end";
      readonly exit_code: number | null;
      readonly signal: string | null;
      readonly captures: Readonly<Record<string, number>>;
      readonly skipped: Readonly<Record<string, Skipped>>;
      readonly lost: Readonly<Record<string, number>>;
    };

/** `undefined` until the program's own process has joined: only then is it known what runs it. */
export function sessionLine({ state, targets }: SessionInfo): JsonLine | undefined {
  if (state.kind !== "running") return undefined;
  const target = targets.find(({ pid }) => pid === state.pid);
  if (target === undefined) return undefined;
  const { pid, python, executable, mechanism } = target;
  return { event: "session", state: "running", pid, python, executable, mechanism };
}

/** A probe that is live is an armed one that has captured: that it has, its captures say. */
export function probeLine({ id, anchor, state }: Probe): JsonLine {
  return {
    event: "probe",
    id,
    state: state.kind === "live" ? "armed" : state.kind,
    anchor: {
      file: anchor.file,
      line: anchor.line,
      column: anchor.column + 1,
      symbol: anchor.symbol,
      function: anchor.function,
      context: anchor.context,
    },
    code: state.kind === "live" ? null : (state.code ?? null),
    message: state.kind === "live" ? null : (state.message ?? null),
  };
}

export function captureLine({ probe, seq, t_ns, tags, value }: Capture): JsonLine {
  return { event: "capture", probe, seq, t_ns, tags, value };
}

export function outputLine({ stream, text }: Output): JsonLine {
  return { event: "output", stream, text };
}

export function exceptionLine({ type, message, file, line }: ProgramException): JsonLine {
  return { event: "exception", type, message, file, line };
}

export function endLine(exit: Exit, counters: readonly ProbeCounters[]): JsonLine {
  return {
    event: "end",
    exit_code: exit.exitCode,
    signal: exit.signal,
    captures: Object.fromEntries(counters.map(({ probe, captures }) => [probe, captures])),
    skipped: Object.fromEntries(counters.map(({ probe, skipped }) => [probe, skipped])),
    lost: Object.fromEntries(counters.map(({ probe, lost }) => [probe, lost])),
  };
}
