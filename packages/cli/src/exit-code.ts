import { constants } from "node:os";
import type { Exit } from "@pyprobe/protocol";

/** Of a command that was understood but could not start its program. */
export const CANNOT_START = 2;

/** What a shell sees of a program that writes to a pipe which nobody reads. */
export const BROKEN_PIPE = 128 + constants.signals.SIGPIPE;

/** Of a command that was stopped before its program began. */
export const INTERRUPTED = 128 + constants.signals.SIGINT;

/** As shells say it: the program's own code, or 128 and the number of the signal that ended it. */
export function exitCodeOf({ exitCode, signal }: Exit): number {
  if (exitCode !== null) return exitCode;
  if (signal === null) return INTERRUPTED;
  return 128 + (signalNumbers.get(signal) ?? 0);
}

/** Whether the program was stopped before it began: then there is nothing that could have ended it. */
export function hasNeverBegun({ exitCode, signal }: Exit): boolean {
  return exitCode === null && signal === null;
}

const signalNumbers: ReadonlyMap<string, number> = new Map(Object.entries(constants.signals));
