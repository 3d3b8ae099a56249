/** Runs a script of the agent's with the program's own interpreter: one short process, whose answer is JSON on its standard output. */
import { execFile } from "node:child_process";
import { join } from "node:path";
import type { Interpreter } from "@pyprobe/protocol";

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** Without the site packages: only the standard library is needed, and start-up files of the user's are not to be run. */
const PYTHON_FLAGS = ["-S", "-X", "utf8"];

export class AgentScript {
  readonly #path: string;

  /** `agentFolder` holds the package `pyprobe_tracer`. */
  constructor(agentFolder: string, name: string) {
    this.#path = join(agentFolder, "pyprobe_tracer", name);
  }

  /** Rejects with the last line that the script wrote about its failure. */
  ask(interpreter: Interpreter, { args = [], input = "" }: { args?: string[]; input?: string }): Promise<unknown> {
    const options = {
      timeout: TIMEOUT_MS,
      killSignal: "SIGKILL",
      maxBuffer: MAX_ANSWER_BYTES,
      windowsHide: true,
    } as const;
    return new Promise((resolve, reject) => {
      const child = execFile(
        interpreter.path,
        [...PYTHON_FLAGS, this.#path, ...args],
        options,
        (error, stdout, stderr) => {
          try {
            if (error !== null) throw new Error(stderr.trim().split("\n").at(-1) || error.message);
            resolve(JSON.parse(stdout));
          } catch (cause) {
            reject(cause);
          }
        },
      );
      // A process that could not be started, or that ends without reading, is told of by the callback.
      child.stdin?.on("error", () => {});
      child.stdin?.end(input);
    });
  }
}
