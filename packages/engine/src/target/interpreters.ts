/** The Pythons of this machine: which one a program is run with, and which others there are. */
import { execFile } from "node:child_process";
import { CallError, type Interpreter } from "@pyprobe/protocol";
import { type Candidate, findCandidates, type SearchOptions } from "./interpreter-candidates.ts";
import { InterpreterChecks } from "./interpreter-check.ts";

const MAX_LISTED = 50;
const CHECKS_AT_A_TIME = 4;

export type InterpretersOptions = Pick<SearchOptions, "env" | "home" | "platform">;

export class Interpreters {
  readonly #checks = new InterpreterChecks();
  readonly #options: InterpretersOptions;

  constructor(options: InterpretersOptions = {}) {
    this.#options = options;
  }

  /** All that are found, best first, each with the reason where it cannot be used. */
  async list(where: { python?: string | undefined; near: string }): Promise<Interpreter[]> {
    const candidates = findCandidates({ ...this.#options, ...where });
    if ((this.#options.platform ?? process.platform) === "win32") candidates.push(...(await launcherCandidates()));
    const listed = candidates.slice(0, MAX_LISTED);
    const found: Interpreter[] = new Array(listed.length);
    const queue = listed.entries();
    const work = async () => {
      for (const [index, candidate] of queue) found[index] = await this.#checks.check(candidate);
    };
    await Promise.all(Array.from({ length: CHECKS_AT_A_TIME }, work));
    return found;
  }

  /** The one that the user named, else the best that can be used. Throws a `CallError` with what is wrong and what to do. */
  async choose(where: { python: string | undefined; near: string }): Promise<Interpreter> {
    const candidates = findCandidates({ ...this.#options, ...where });
    let firstProblem: string | undefined;
    for (const candidate of candidates) {
      const interpreter = await this.#checks.check(candidate);
      if (interpreter.problem === undefined) return interpreter;
      firstProblem ??= interpreter.problem;
      if (where.python !== undefined) break;
    }
    if (where.python === undefined && (this.#options.platform ?? process.platform) === "win32") {
      for (const candidate of await launcherCandidates()) {
        const interpreter = await this.#checks.check(candidate);
        if (interpreter.problem === undefined) return interpreter;
      }
    }
    throw new CallError(
      "no_interpreter",
      firstProblem ??
        "Cannot find a Python: none is installed here (install CPython 3.9 or later, or name one with --python)",
    );
  }
}

/** What the Windows `py` launcher knows: lines like ` -V:3.12 *        C:\Python312\python.exe`. */
function launcherCandidates(): Promise<Candidate[]> {
  return new Promise((resolve) => {
    execFile("py", ["-0p"], { timeout: 5_000, windowsHide: true }, (error, stdout) => {
      if (error !== null) return resolve([]);
      const lines = stdout.split(/\r?\n/).map((line) => /^\s*(-\S+)\s+\*?\s*(\S.*\.exe)\s*$/i.exec(line));
      resolve(
        lines.flatMap((match) =>
          match?.[1] === undefined || match[2] === undefined ? [] : [{ path: match[2], origin: `py ${match[1]}` }],
        ),
      );
    });
  });
}
