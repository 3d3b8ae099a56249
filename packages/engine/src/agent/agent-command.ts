/**
 * How a program is started with the agent in it. The agent is run by its path, so it needs no place in the interpreter's
 * packages and leaves none in the program's `sys.path`. Its token goes by the environment, where other users cannot see it; the
 * agent takes what is ours out of there before the program runs.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { RunRequest } from "../session/adapter.ts";
import type { TargetCommand } from "../target/target-process.ts";

export const TOKEN_VARIABLE = "PYPROBE_TOKEN";
/** `engine`: the program's output goes into pipes of ours. The agent lets it out line by line, and survives the pipes' end. */
export const OUTPUT_VARIABLE = "PYPROBE_OUTPUT";

/** The folder that holds the package `pyprobe_tracer`: in the source tree, or beside the built engine. */
export function findAgentFolder(from: string = fileURLToPath(new URL(".", import.meta.url))): string {
  const places = [
    join(from, "python"),
    join(from, "..", "python"),
    join(from, "..", "..", "..", "..", "python", "pyprobe_tracer", "src"),
  ];
  const found = places.find((folder) => existsSync(join(folder, "pyprobe_tracer", "__init__.py")));
  if (found === undefined) throw new Error("Cannot find the agent: this installation of PyProbe is incomplete");
  return found;
}

export function commandFor(
  { program, args, cwd, interpreter }: Pick<RunRequest, "program" | "args" | "cwd" | "interpreter">,
  link: { agentFolder: string; address: string; token: string },
): TargetCommand {
  const what = program.kind === "script" ? [program.path] : ["-m", program.name];
  return {
    file: interpreter.path,
    args: [join(link.agentFolder, "pyprobe_tracer", "__main__.py"), "--connect", link.address, ...what, ...args],
    cwd,
    env: { ...process.env, [TOKEN_VARIABLE]: link.token, [OUTPUT_VARIABLE]: "engine" },
  };
}
