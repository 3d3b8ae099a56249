/** Runs a program to its end and gives what it wrote. */
import { spawn } from "node:child_process";

export type ProcessResult = { readonly code: number; readonly stdout: string; readonly stderr: string };

export type ProcessOptions = {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly timeoutMs?: number;
  /** Text for its standard input, which is closed after it. */
  readonly input?: string;
  /** Called with each piece of stdout and stderr as it comes. */
  readonly onOutput?: (text: string) => void;
};

/** Code of a program that could not be started, or that was ended because its time was over. */
export const NOT_RUN = 127;
export const TIMED_OUT = 124;

/** Nothing outlives this process: what still runs when it ends is ended with it. */
const running = new Set<number>();
process.on("exit", () => {
  for (const pid of running) endGroup(pid);
});

/** Never rejects: a program that cannot be started has code 127 and the reason as its stderr. */
export function runProcess(
  file: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<ProcessResult> {
  const { cwd, env, timeoutMs, input, onOutput } = options;
  return new Promise((resolve) => {
    // A group of its own, so that what it started ends with it.
    const child = spawn(file, [...args], {
      cwd,
      env,
      stdio: ["pipe", "pipe", "pipe"],
      detached: process.platform !== "win32",
    });
    let stdout = "";
    let stderr = "";
    const { pid } = child;
    if (pid !== undefined) running.add(pid);
    let isLate = false;
    const timer = setTimeout(
      () => {
        isLate = true;
        if (pid !== undefined) endGroup(pid);
      },
      timeoutMs ?? 2 ** 30,
    );
    const finish = (code: number) => {
      clearTimeout(timer);
      if (pid !== undefined) running.delete(pid);
      const late = isLate ? `\nStopped after ${Math.round((timeoutMs ?? 0) / 1000)} s\n` : "";
      resolve({ code: isLate ? TIMED_OUT : code, stdout, stderr: stderr + late });
    };
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout += text;
      onOutput?.(text);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr += text;
      onOutput?.(text);
    });
    child.on("error", (error) => {
      stderr += error.message;
      finish(NOT_RUN);
    });
    child.on("close", (code) => finish(code ?? 1));
    // A program that does not read its input closes the pipe; that is its right.
    child.stdin.on("error", () => {});
    child.stdin.end(input ?? "");
  });
}

function endGroup(pid: number): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}
