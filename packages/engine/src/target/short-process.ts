/**
 * A process that answers one question and ends: its input is written, its answer is read whole. It is in a group of its own, so that
 * a Ctrl-C in the terminal, which is meant for the watched program, does not turn its answer into a failure.
 */
import { spawn } from "node:child_process";

const TIMEOUT_MS = 20_000;
const MAX_ANSWER_BYTES = 256 * 1024 * 1024;

export type ShortProcessOptions = {
  readonly cwd?: string;
  readonly input?: string;
  readonly timeoutMs?: number;
};

/** Gives what it wrote to its standard output. Rejects with the last line of its standard error when it failed. */
export function runShortly(file: string, args: readonly string[], options: ShortProcessOptions = {}): Promise<string> {
  const { cwd, input = "", timeoutMs = TIMEOUT_MS } = options;
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...(cwd !== undefined && { cwd }),
      detached: process.platform !== "win32",
      timeout: timeoutMs,
      killSignal: "SIGKILL",
      windowsHide: true,
    });
    const [answer, complaint] = [new Collector(), new Collector()];
    child.stdout.on("data", (bytes: Buffer) => {
      if (!answer.add(bytes)) child.kill("SIGKILL");
    });
    child.stderr.on("data", (bytes: Buffer) => complaint.add(bytes));
    // A process that could not be started, or that ends without reading, is told of below.
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.once("error", reject);
    child.once("close", (exitCode, signal) => {
      if (exitCode === 0) resolve(answer.text);
      else reject(new Error(lastLineOf(complaint.text) || `it ended with ${signal ?? `exit code ${exitCode}`}`));
    });
  });
}

class Collector {
  readonly #parts: Buffer[] = [];
  #bytes = 0;

  /** False when it is too much. */
  add(bytes: Buffer): boolean {
    this.#bytes += bytes.length;
    const fits = this.#bytes <= MAX_ANSWER_BYTES;
    if (fits) this.#parts.push(bytes);
    return fits;
  }

  get text(): string {
    return Buffer.concat(this.#parts).toString();
  }
}

function lastLineOf(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}
