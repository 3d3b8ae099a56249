/**
 * Finds the names in a file with the `ast` of the program's own interpreter: one short process for each new text. That takes 40
 * to 60 ms, and texts are read as often as they are edited, so nothing is kept running. Nearly all of it is the interpreter's
 * start: files that are wanted while a process reads are read by the next one together.
 */

import { join } from "node:path";
import { createDeferred, type Deferred } from "@pyprobe/base";
import { CallError, type Interpreter, type SourceSymbols, sourceSymbolsSchema } from "@pyprobe/protocol";
import * as z from "zod";
import { AgentScript } from "./agent-script.ts";
import type { SymbolReader } from "./sources.ts";

/** A large file does not keep the others waiting. */
const PROCESSES_AT_A_TIME = 2;
const FILES_AT_A_TIME = 50;

type Wanted = {
  readonly interpreter: Interpreter;
  readonly file: string;
  readonly found: Deferred<SourceSymbols>;
};

const answersSchema = z.array(z.union([sourceSymbolsSchema, z.object({ failure: z.string() })]));

export class AgentSymbolReader implements SymbolReader {
  readonly #script: AgentScript;
  #wanted: Wanted[] = [];
  #processes = 0;

  /** `agentFolder` holds the package `pyprobe_tracer`. */
  constructor(agentFolder: string) {
    this.#script = new AgentScript(agentFolder, join("_source", "symbols.py"));
  }

  read(interpreter: Interpreter, file: string): Promise<SourceSymbols> {
    const found = createDeferred<SourceSymbols>();
    this.#wanted.push({ interpreter, file, found });
    if (this.#processes < PROCESSES_AT_A_TIME) void this.#readWanted();
    return found.promise;
  }

  async #readWanted(): Promise<void> {
    this.#processes += 1;
    for (let batch = this.#takeBatch(); batch.length > 0; batch = this.#takeBatch()) {
      const isRead = batch.length > 1 && (await this.#readTogether(batch));
      if (!isRead) for (const wanted of batch) await this.#readAlone(wanted);
    }
    this.#processes -= 1;
  }

  #takeBatch(): Wanted[] {
    const path = this.#wanted[0]?.interpreter.path;
    const batch = this.#wanted.filter(({ interpreter }) => interpreter.path === path).slice(0, FILES_AT_A_TIME);
    this.#wanted = this.#wanted.filter((wanted) => !batch.includes(wanted));
    return batch;
  }

  /** False when there is no answer: one of the files is too much for the process, and is told apart by reading each alone. */
  async #readTogether(batch: readonly Wanted[]): Promise<boolean> {
    const [first] = batch;
    if (first === undefined) return true;
    try {
      const args = ["--all", ...batch.map(({ file }) => file)];
      const answers = answersSchema.length(batch.length).parse(await this.#script.ask(first.interpreter, { args }));
      for (const [i, wanted] of batch.entries()) {
        const answer = answers[i];
        if (answer !== undefined && !("failure" in answer)) wanted.found.resolve(answer);
        else wanted.found.reject(refusal(wanted, new Error(answer?.failure)));
      }
      return true;
    } catch {
      return false;
    }
  }

  async #readAlone(wanted: Wanted): Promise<void> {
    const { interpreter, file, found } = wanted;
    try {
      found.resolve(sourceSymbolsSchema.parse(await this.#script.ask(interpreter, { args: [file] })));
    } catch (cause) {
      found.reject(refusal(wanted, cause));
    }
  }
}

function refusal({ interpreter, file }: Wanted, cause: unknown): CallError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CallError("internal", `Cannot find the names in ${file} with ${interpreter.path}: ${reason}`, { cause });
}
