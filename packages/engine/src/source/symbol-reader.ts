/**
 * Finds the names in a file with the `ast` of the program's own interpreter: one short process for each new text. That takes 40
 * to 60 ms, and texts are read as often as they are edited, so nothing is kept running.
 */
import { CallError, type Interpreter, type SourceSymbols, sourceSymbolsSchema } from "@pyprobe/protocol";
import { AgentScript } from "./agent-script.ts";
import type { SymbolReader } from "./sources.ts";

export class AgentSymbolReader implements SymbolReader {
  readonly #script: AgentScript;

  /** `agentFolder` holds the package `pyprobe_tracer`. */
  constructor(agentFolder: string) {
    this.#script = new AgentScript(agentFolder, "_symbols.py");
  }

  async read(interpreter: Interpreter, file: string): Promise<SourceSymbols> {
    try {
      return sourceSymbolsSchema.parse(await this.#script.ask(interpreter, { args: [file] }));
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new CallError("internal", `Cannot find the names in ${file} with ${interpreter.path}: ${reason}`, {
        cause,
      });
    }
  }
}
