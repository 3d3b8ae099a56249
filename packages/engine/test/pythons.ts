/** The interpreters that tests run programs with. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { CallError, type Interpreter } from "@pyprobe/protocol";
import { Interpreters } from "../src/target/interpreters.ts";

export const repository = join(import.meta.dirname, "..", "..", "..");
export const targetFile = (name: string): string => join(repository, "targets", name);

/** One for each version that the test run has made environments for, else the best that this machine has. */
export async function findPythons(versions: readonly string[] = ["3.9", "3.13"]): Promise<Interpreter[]> {
  const interpreters = new Interpreters();
  const found: Interpreter[] = [];
  for (const version of versions) {
    const environment = join(repository, ".tools", "venvs", version);
    if (!existsSync(environment)) continue;
    found.push(await interpreters.choose({ python: environment, near: repository }));
  }
  if (found.length === 0) found.push(await interpreters.choose({ python: undefined, near: repository }));
  const [first] = found;
  if (first === undefined)
    throw new CallError("no_interpreter", "Cannot test: there is no Python (npm test makes environments)");
  return found;
}

export async function findPython(): Promise<Interpreter> {
  const [python] = (await findPythons(["3.13"])).slice(-1);
  if (python === undefined) throw new CallError("no_interpreter", "Cannot test: there is no Python");
  return python;
}
