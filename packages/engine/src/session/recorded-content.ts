import type {
  Limits,
  Output,
  Probe,
  ProbeCounters,
  ProgramException,
  SessionInfo,
  SourceSymbols,
} from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";

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
