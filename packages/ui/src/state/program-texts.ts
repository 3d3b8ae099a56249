/** What a session is called and how it stands, in words. Pure. */
import type { ProgramException, SessionInfo, SessionState } from "@pyprobe/protocol";
import { baseName } from "./anchor-key.ts";

export function programName(info: SessionInfo): string {
  return info.program.kind === "script" ? baseName(info.program.path) : `-m ${info.program.name}`;
}

/** What settings are kept by: the same program from another directory is another one. */
export function programKey(info: SessionInfo): string {
  return info.program.kind === "script" ? info.program.path : `${info.cwd} -m ${info.program.name}`;
}

/** As Python prints it: the program's own module is not named. */
export function exceptionText({ type, message }: Pick<ProgramException, "type" | "message">): string {
  return message === "" ? typeText(type) : `${typeText(type)}: ${message}`;
}

export function typeText(type: string): string {
  return type.replace(/^(__main__|builtins)\./, "");
}

/** A reason as the page says it: here a Python is chosen in the list first, on the command line afterwards. */
export function pageReason(message: string): string {
  return message.replace(/(choose|name) (one|another) with --python/, "choose $2 here, or start with --python");
}

export type StateWord = {
  readonly shape: string;
  readonly word: string;
  readonly tone: "live" | "waiting" | "ended" | "error";
};

/** `wasStopped`: the end was asked for, so that it is not shown as a failure. */
export function stateWord(state: SessionState, wasStopped = false): StateWord {
  switch (state.kind) {
    case "starting":
      return { shape: "◌", word: "starting", tone: "waiting" };
    case "running":
      return { shape: "●", word: "running", tone: "live" };
    case "stopping":
      return { shape: "◌", word: `stopping (${state.step})`, tone: "waiting" };
    case "ended":
      return endWord(state.exit.exitCode, state.exit.signal, wasStopped);
    case "failed":
      return { shape: "✕", word: "failed", tone: "error" };
    case "recorded":
      return { shape: "■", word: "recording", tone: "ended" };
  }
}

function endWord(exitCode: number | null, signal: string | null, wasStopped: boolean): StateWord {
  const how = signal !== null ? signal : exitCode === null ? "" : `exit ${exitCode}`;
  const isFine = wasStopped || (exitCode === 0 && signal === null);
  const verb = wasStopped ? "stopped" : "ended";
  return { shape: isFine ? "■" : "✕", word: how === "" ? verb : `${verb} (${how})`, tone: isFine ? "ended" : "error" };
}

export function canStop(state: SessionState): boolean {
  return state.kind === "running" || state.kind === "starting";
}

export function isOver(state: SessionState): boolean {
  return state.kind === "ended" || state.kind === "failed";
}

/** False also for recordings and before the start. */
export function isRunning(state: SessionState): boolean {
  return state.kind === "running" || state.kind === "stopping";
}
