/** The file that a program begins with, found without running any of it. */
import { existsSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { CallError, type Interpreter, type Program } from "@pyprobe/protocol";
import { runShortly } from "./short-process.ts";

const FIND_TIMEOUT_MS = 5_000;

/** Finds a module's file as `python -m` would, but imports no package on the way to it. */
const findSource = `
import sys
from importlib.machinery import PathFinder
path = [""] + sys.path[1:]
parts = sys.argv[1].split(".")
spec = None
for index in range(len(parts)):
    spec = PathFinder.find_spec(".".join(parts[:index + 1]), path)
    if spec is None:
        break
    path = spec.submodule_search_locations
if spec is not None and spec.submodule_search_locations is not None:
    spec = PathFinder.find_spec(sys.argv[1] + ".__main__", spec.submodule_search_locations)
if spec is not None and spec.origin is not None:
    sys.stdout.buffer.write(spec.origin.encode("utf-8", "surrogateescape"))
`;

/** Null when it is not known: a module that the interpreter does not find is the interpreter's to report. */
export async function findMainFile(
  program: Program,
  { cwd, interpreter }: { cwd: string; interpreter: Interpreter | null },
): Promise<string | null> {
  if (program.kind === "script") return scriptFile(program.path);
  return interpreter === null ? null : moduleFile(program.name, { cwd, interpreter });
}

function scriptFile(path: string): string {
  const info = statSync(path, { throwIfNoEntry: false });
  if (info === undefined) throw new CallError("no_such_file", `Cannot run ${path}: there is no such file`);
  if (!info.isDirectory()) return path;
  const main = join(path, "__main__.py");
  if (existsSync(main)) return main;
  throw new CallError("not_python", `Cannot run ${path}: it is a folder without a __main__.py (name a script in it)`);
}

async function moduleFile(
  name: string,
  { cwd, interpreter }: { cwd: string; interpreter: Interpreter },
): Promise<string | null> {
  const options = { cwd, timeoutMs: FIND_TIMEOUT_MS };
  const file = await runShortly(interpreter.path, ["-c", findSource, name], options).catch(() => "");
  return existsSync(file) ? realpathSync(file) : null;
}
