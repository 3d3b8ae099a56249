/** Learns what a Python is by running it once. Answers are kept as long as the interpreter and its packages stay untouched. */
import { type ChildProcess, spawn } from "node:child_process";
import { lstatSync, statSync } from "node:fs";
import { parse } from "node:path";
import type { Interpreter } from "@pyprobe/protocol";
import * as z from "zod";
import type { Candidate } from "./interpreter-candidates.ts";

export const OLDEST_PYTHON = [3, 9] as const;
const CHECK_TIMEOUT_MS = 5_000;
/** Of an answer; a program that says more is no Python. */
const MOST_CHARACTERS = 1 << 20;
const MARK = "pyprobe-check:";
const OTHER_ANSWER = "it is not Python (choose another with --python)";
const NO_ANSWER = "it could not run a line of Python (mend it, or choose another with --python)";

/** Runs on every Python since 2.6. Finds numpy without importing it, and not in the folder that it runs in. */
const checkSource = `
import sys
sys.path = [p for p in sys.path if p]
has_numpy = False
library = ""
if sys.version_info >= (3, 4):
    import importlib.util
    has_numpy = importlib.util.find_spec("numpy") is not None
    import sysconfig
    library = sysconfig.get_path("purelib") or ""
import json
print("${MARK}" + json.dumps({
    "version": "%d.%d.%d" % sys.version_info[:3],
    "implementation": getattr(getattr(sys, "implementation", None), "name", "cpython"),
    "hasNumpy": has_numpy,
    "library": library,
}))
`;

const answerSchema = z.object({
  version: z.string(),
  implementation: z.string(),
  hasNumpy: z.boolean(),
  library: z.string(),
});
type Answer = z.infer<typeof answerSchema>;
type Outcome = { readonly answer: Answer } | { readonly failure: string };

export class InterpreterChecks {
  readonly #known = new Map<string, { readonly stamp: string; readonly outcome: Promise<Outcome> }>();
  readonly #timeoutMs: number;

  constructor(options: { timeoutMs?: number } = {}) {
    this.#timeoutMs = options.timeoutMs ?? CHECK_TIMEOUT_MS;
  }

  async check({ path, origin }: Candidate): Promise<Interpreter> {
    const outcome = await this.#outcome(path);
    if ("failure" in outcome) {
      return { path, version: null, origin, hasNumpy: false, problem: `Cannot use ${path}: ${outcome.failure}` };
    }
    const { version, implementation, hasNumpy } = outcome.answer;
    const problem = problemOf(outcome.answer);
    return {
      path,
      version: implementation === "cpython" ? version : `${version} (${implementation})`,
      origin,
      hasNumpy,
      ...(problem && { problem: `Cannot use ${path}: ${problem}` }),
    };
  }

  async #outcome(path: string): Promise<Outcome> {
    const known = this.#known.get(path);
    if (known !== undefined) {
      const outcome = await known.outcome;
      if (known.stamp === stampOf(path, outcome)) return outcome;
    }
    // Some of what keeps a process from being started is thrown instead of told.
    const outcome = ask(path, this.#timeoutMs).catch((error: Error) => ({ failure: failureOf(error, path) }));
    const result = await outcome;
    this.#known.set(path, { stamp: stampOf(path, result), outcome });
    return result;
  }
}

function problemOf({ version, implementation }: Answer): string | undefined {
  const oldest = OLDEST_PYTHON.join(".");
  if (implementation !== "cpython") return `it is ${implementation} (PyProbe needs CPython ${oldest} or later)`;
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const isTooOld = major < OLDEST_PYTHON[0] || (major === OLDEST_PYTHON[0] && minor < OLDEST_PYTHON[1]);
  return isTooOld ? `it is Python ${version} (PyProbe needs ${oldest} or later; choose one with --python)` : undefined;
}

function ask(path: string, timeoutMs: number): Promise<Outcome> {
  return new Promise((resolve) => {
    // In a group of its own, so that what a wrapper script started ends with it.
    const isGrouped = process.platform !== "win32";
    const child = spawn(path, ["-c", checkSource], {
      // A folder that is always there, and of nobody's modules.
      cwd: parse(process.execPath).root,
      stdio: ["ignore", "pipe", "ignore"],
      detached: isGrouped,
      windowsHide: true,
    });
    let answer = "";
    let failure = NO_ANSWER;
    const giveUp = (why: string) => {
      failure = why;
      endGroup(child, isGrouped);
    };
    const late = `it did not answer within ${timeoutMs / 1000} s (choose another with --python)`;
    const timer = setTimeout(() => giveUp(late), timeoutMs);
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      answer += text;
      if (answer.length > MOST_CHARACTERS) giveUp(OTHER_ANSWER);
    });
    child.once("error", (error) => {
      failure = failureOf(error, path);
    });
    child.once("close", (code) => {
      clearTimeout(timer);
      const line = answer.split(/\r?\n/).find((candidate) => candidate.startsWith(MARK));
      if (line !== undefined) resolve(parseAnswer(line.slice(MARK.length)));
      else resolve({ failure: code === 0 ? OTHER_ANSWER : failure });
    });
  });
}

function endGroup(child: ChildProcess, isGrouped: boolean): void {
  child.stdout?.destroy();
  if (child.pid === undefined || !isGrouped) {
    child.kill("SIGKILL");
    return;
  }
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended meanwhile.
  }
}

function parseAnswer(json: string): Outcome {
  try {
    return { answer: answerSchema.parse(JSON.parse(json)) };
  } catch {
    return { failure: OTHER_ANSWER };
  }
}

function failureOf(error: Error, path: string): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === "ENOENT") return whyMissing(path);
  if (code === "EACCES") return "it may not be executed (is it a folder, or not a program?)";
  return NO_ANSWER;
}

/** A virtual environment outlives the Python that it was made with: its link then leads nowhere, or its script to no interpreter. */
function whyMissing(path: string): string {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined)
    return "there is no such file (choose another with --python)";
  return "what it links to or starts is gone (make its environment again, or choose another with --python)";
}

/** Changes when the interpreter is replaced or packages are installed into it. */
function stampOf(path: string, outcome: Outcome): string {
  const files = "answer" in outcome ? [path, outcome.answer.library] : [path];
  return files.map(changedMs).join(" ");
}

function changedMs(file: string): number {
  try {
    return statSync(file).mtimeMs;
  } catch {
    // Not there, or in a folder that is not ours to look into.
    return 0;
  }
}
