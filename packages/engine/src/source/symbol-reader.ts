/**
 * Finds the names in a file with the `ast` of the program's own interpreter: one short process for each new text. That takes 40
 * to 60 ms, and texts are read as often as they are edited, so nothing is kept running.
 */
import { execFile } from "node:child_process";
import { join } from "node:path";
import { CallError, type Interpreter, type SourceSymbols, sourceSymbolsSchema } from "@pyprobe/protocol";
import type { SymbolReader } from "./sources.ts";

const READ_TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;
/** Without the site packages: only the standard library is needed, and start-up files of the user's are not to be run. */
const PYTHON_FLAGS = ["-S", "-X", "utf8"];

export class AgentSymbolReader implements SymbolReader {
  readonly #script: string;

  /** `agentFolder` holds the package `pyprobe_tracer`. */
  constructor(agentFolder: string) {
    this.#script = join(agentFolder, "pyprobe_tracer", "_symbols.py");
  }

  read(interpreter: Interpreter, file: string): Promise<SourceSymbols> {
    const options = {
      timeout: READ_TIMEOUT_MS,
      killSignal: "SIGKILL",
      maxBuffer: MAX_ANSWER_BYTES,
      windowsHide: true,
    } as const;
    return new Promise((resolve, reject) => {
      const child = execFile(
        interpreter.path,
        [...PYTHON_FLAGS, this.#script, file],
        options,
        (error, stdout, stderr) => {
          try {
            if (error !== null) throw new Error(stderr.trim().split("\n").at(-1) || error.message);
            resolve(sourceSymbolsSchema.parse(JSON.parse(stdout)));
          } catch (cause) {
            const reason = cause instanceof Error ? cause.message : String(cause);
            reject(
              new CallError("internal", `Cannot find the names in ${file} with ${interpreter.path}: ${reason}`, {
                cause,
              }),
            );
          }
        },
      );
      child.stdin?.end();
    });
  }
}
