/** Runs a script of the agent's with the program's own interpreter: one short process, whose answer is JSON on its standard output. */
import { join } from "node:path";
import type { Interpreter } from "@pyprobe/protocol";
import { runShortly } from "../target/short-process.ts";

/** Without the site packages: only the standard library is needed, and start-up files of the user's are not to be run. */
const PYTHON_FLAGS = ["-S", "-X", "utf8"];

export class AgentScript {
  readonly #path: string;

  /** `agentFolder` holds the package `pyprobe_tracer`. */
  constructor(agentFolder: string, name: string) {
    this.#path = join(agentFolder, "pyprobe_tracer", name);
  }

  /** Rejects with the last line that the script wrote about its failure. */
  async ask(
    interpreter: Interpreter,
    { args = [], input = "" }: { args?: string[]; input?: string },
  ): Promise<unknown> {
    return JSON.parse(await runShortly(interpreter.path, [...PYTHON_FLAGS, this.#path, ...args], { input }));
  }
}
