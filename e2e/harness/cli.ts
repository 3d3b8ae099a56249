/** Runs the real `pyprobe` command as a person would: its own process, its own streams. */
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { JsonLine } from "../../packages/cli/src/json-lines.ts";

const root = join(import.meta.dirname, "..", "..");
export const targetsFolder = join(root, "targets");
export const pyprobeBin = join(root, "packages", "cli", "bin", "pyprobe.mjs");

export type CliOptions = {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string;
  /** Another `pyprobe.mjs`: that of an installed package. */
  readonly bin?: string;
};

export type CliResult = {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
};

/** A command that runs. One that still does when its test is over is stopped. */
export type RunningCli = {
  readonly child: ChildProcessWithoutNullStreams;
  readonly ended: Promise<CliResult>;
  /** Resolves when stdout and stderr together match; rejects when the command ends before. */
  waitFor(pattern: RegExp): Promise<RegExpExecArray>;
  kill(): void;
};

export function startCli(args: readonly string[], options: CliOptions = {}): RunningCli {
  const child = spawn(process.execPath, [options.bin ?? pyprobeBin, ...args], {
    cwd: options.cwd ?? targetsFolder,
    // What npm told the runner of the tests is nothing to the command under test.
    env: { ...process.env, INIT_CWD: undefined, NO_COLOR: "1", ...options.env },
    stdio: "pipe",
  });
  let stdout = "";
  let stderr = "";
  let whole = "";
  const checks = new Set<() => void>();
  const collect = (text: string) => {
    whole += text;
    for (const check of [...checks]) check();
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    collect(text);
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
    collect(text);
  });
  child.stdin.on("error", () => {});
  if (options.input !== undefined) child.stdin.end(options.input);
  const ended = new Promise<CliResult>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  stopWithTest(child);
  const waitFor = (pattern: RegExp) =>
    new Promise<RegExpExecArray>((resolve, reject) => {
      const check = () => {
        const match = pattern.exec(whole);
        if (match === null) return;
        checks.delete(check);
        resolve(match);
      };
      checks.add(check);
      check();
      void ended.then(() => reject(new Error(`The command ended before it wrote ${pattern}:\n${whole}`)));
    });
  return { child, ended, waitFor, kill: () => child.kill("SIGKILL") };
}

/** Politely, so that the program which the command watches ends as well. */
function stopWithTest(child: ChildProcessWithoutNullStreams): void {
  const stop = () => {
    if (child.exitCode === null && child.signalCode === null) child.kill("SIGTERM");
  };
  try {
    onTestFinished(stop);
  } catch {
    // Not in a test but in what is prepared for several: whoever prepares it ends it.
  }
}

export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  return startCli(args, { input: "", ...options }).ended;
}

export type JsonResult = CliResult & { readonly lines: readonly JsonLine[] };

/** `pyprobe run --headless --json …`; every line of stdout must be one JSON object. */
export async function runJson(args: readonly string[], options: CliOptions = {}): Promise<JsonResult> {
  const result = await runCli(["run", "--headless", "--json", ...args], options);
  return { ...result, lines: parseLines(result.stdout) };
}

export function parseLines(stdout: string): JsonLine[] {
  return stdout
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
}

/** The lines of one event. */
export function linesOf<Event extends JsonLine["event"]>(
  lines: readonly JsonLine[],
  event: Event,
): Extract<JsonLine, { event: Event }>[] {
  return lines.filter((line): line is Extract<JsonLine, { event: Event }> => line.event === event);
}

/** Asks for the page as a browser does: the token in the address is traded for a cookie. */
export async function fetchPage(address: string): Promise<Response> {
  const traded = await fetch(address, { redirect: "manual" });
  const cookie = traded.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  return fetch(new URL(traded.headers.get("location") ?? "/", address), { headers: { cookie } });
}
