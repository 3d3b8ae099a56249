/** The person's typing, or what is piped in, handed on to the program. */
import { readFileSync } from "node:fs";
import type { Dispose } from "@pyprobe/base";
import type { LaunchedProgram } from "./launched-program.ts";

/** Reads once there is a program; the disposer lets the process end although its stdin stays open. */
export function forwardInput(program: Pick<LaunchedProgram, "started" | "input">): Dispose {
  const { stdin } = process;
  let isDisposed = false;
  const onData = (text: string) => program.input(text, { end: false });
  const onEnd = () => program.input("", { end: true });
  void program.started.then(() => {
    if (isDisposed || (stdin.isTTY && isInBackground())) return;
    stdin.setEncoding("utf8").on("data", onData).once("end", onEnd).once("error", onEnd);
  });
  return () => {
    isDisposed = true;
    stdin.removeListener("data", onData);
    stdin.removeListener("end", onEnd);
    stdin.removeListener("error", onEnd);
    stdin.pause();
    // A pipe that is not read any more still holds the event loop.
    if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  };
}

/** A job in the background that reads from its terminal is stopped by the system, so it does not read. Linux tells; elsewhere it reads. */
function isInBackground(): boolean {
  try {
    // After the name in parentheses: state, parent, group, session, terminal, the terminal's foreground group.
    const fields = readFileSync("/proc/self/stat", "utf8")
      .replace(/^.*\) /s, "")
      .split(" ");
    return fields[2] !== fields[5];
  } catch {
    return false;
  }
}
