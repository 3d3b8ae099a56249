/** Runs the measured programs: alone, or under the real command. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCli } from "../../e2e/harness/cli.ts";
import { runProcess } from "../../tools/test/run-process.ts";

export const programsFolder: string = join(import.meta.dirname, "..", "programs");

/** Where a probe goes: on `symbol`, in the first line of the program that begins with this text. */
export function probeAt(program: string, text: string, symbol: string): { probe: string; line: number } {
  const lines = readFileSync(join(programsFolder, program), "utf8").split("\n");
  const line = lines.findIndex((found) => found.trimStart().startsWith(text)) + 1;
  if (line === 0) throw new Error(`Cannot place a probe: no line of ${program} begins with "${text}"`);
  return { probe: `${program}:${line}:${symbol}`, line };
}

/** The JSON that the program printed. Throws when it failed. */
export async function runBare<Result>(python: string, args: readonly string[]): Promise<Result> {
  const { code, stdout, stderr } = await runProcess(python, [...args], { cwd: programsFolder, timeoutMs: 600_000 });
  if (code !== 0) throw new Error(`Cannot measure ${args.join(" ")}: it ended with ${code}:\n${stderr}`);
  return lastJson(stdout);
}

export type Probed<Result> = {
  readonly printed: Result;
  /** As the command's report at the end says. */
  readonly captures: number;
  readonly skipped: number;
  readonly lost: number;
};

/** `pyprobe run --headless` on the program, with one probe. */
export async function runProbed<Result>(
  python: string,
  args: readonly string[],
  options: { readonly probe: string; readonly mode: string },
): Promise<Probed<Result>> {
  const flags = ["run", "--headless", "--python", python, "--mode", options.mode, "--probe", options.probe];
  const { code, stdout, stderr } = await runCli([...flags, ...args], { cwd: programsFolder });
  if (code !== 0) throw new Error(`Cannot measure ${args.join(" ")} with a probe: it ended with ${code}:\n${stderr}`);
  const report = stdout + stderr;
  return {
    printed: lastJson(stdout),
    captures: countIn(report, /([\d,]+) captures?/),
    skipped: countIn(report, /([\d,]+) skipped/),
    lost: countIn(report, /([\d,]+) lost/),
  };
}

export async function inTemporaryFolder<Result>(use: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "pyprobe-bench-"));
  try {
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function lastJson<Result>(stdout: string): Result {
  const line = stdout.split("\n").findLast((text) => text.startsWith("{"));
  if (line === undefined) throw new Error(`Cannot measure: the program printed no result:\n${stdout}`);
  return JSON.parse(line);
}

function countIn(report: string, pattern: RegExp): number {
  return Number((pattern.exec(report)?.[1] ?? "0").replaceAll(",", ""));
}
