/** ruff and mypy on the agent, from a private environment of the newest Python that both run on. */
import { join } from "node:path";
import { preparePythonEnvironment } from "../test/python-environment.ts";
import { findPythons, minorOf } from "../test/pythons.ts";
import { type CheckResult, runTool } from "./step.ts";

/** They learn new Pythons some months late. */
const NEWEST_CHECKER_MINOR = 13;
const packages = ["ruff", "mypy"] as const;

export async function ruffCheck(root: string): Promise<CheckResult> {
  const format = await runInEnvironment(root, ["-m", "ruff", "format", "--check", "."]);
  const lint = await runInEnvironment(root, ["-m", "ruff", "check", "."]);
  return { ok: format.ok && lint.ok, output: format.output + lint.output };
}

export async function ruffFormat(root: string): Promise<CheckResult> {
  const lint = await runInEnvironment(root, ["-m", "ruff", "check", "--fix-only", "."]);
  const format = await runInEnvironment(root, ["-m", "ruff", "format", "."]);
  return { ok: format.ok && lint.ok, output: format.output + lint.output };
}

export function mypyCheck(root: string): Promise<CheckResult> {
  return runInEnvironment(root, ["-m", "mypy", "--strict", "src"]);
}

async function runInEnvironment(root: string, args: readonly string[]): Promise<CheckResult> {
  const pythons = await findPythons();
  const python = pythons.filter((candidate) => minorOf(candidate) <= NEWEST_CHECKER_MINOR).at(-1) ?? pythons.at(-1);
  if (python === undefined) {
    return { ok: false, output: "Cannot check the agent: there is no CPython from 3.9 to 3.15 (install one)\n" };
  }
  const directory = join(root, ".tools", "checkers");
  const { path } = await preparePythonEnvironment(python, { directory, all: pythons, packages, numpy: false });
  return runTool(path, args, join(root, "python", "pyprobe_tracer"));
}
