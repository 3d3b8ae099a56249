/**
 * The program's own process: started in a group of its own, so that what it starts can be ended with it; its output,
 * its input, its end. On POSIX the group gets the signals; on Windows `taskkill` ends the tree.
 */
import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { createDeferred, type Deferred, Emitter } from "@pyprobe/base";
import type { Exit } from "@pyprobe/protocol";
import { type DecodedOutput, OutputDecoder } from "./output-decoder.ts";
import type { OutputPipes } from "./output-pipe.ts";

/** How long each step of the ladder may take before the next one. */
export const STOP_STEP_MS = 2_000;
/** After the process has ended, its pipes may be held open by processes that it started: silence for so long is the end, too. */
const PIPE_GRACE_MS = 300;
const STOP_STEPS = ["SIGINT", "SIGTERM", "SIGKILL"] as const;
export type StopStep = (typeof STOP_STEPS)[number];

export type TargetCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
};

type TargetProcessEvents = {
  output: DecodedOutput & { readonly stream: "stdout" | "stderr" };
  stopping: { readonly step: StopStep };
};

export class TargetProcess {
  readonly events = new Emitter<TargetProcessEvents>();
  /** Resolves when the process has ended and its output has been read; rejects when it could not be started. */
  readonly ended: Promise<Exit>;
  readonly #child: ChildProcess;
  readonly #outputs: Readable[];
  readonly #exited: Deferred<void> = createDeferred();
  readonly #stepMs: number;
  #exit: Exit | undefined;
  #stopping: Promise<void> | undefined;
  #isHeld = false;
  /** When the process last wrote, or last could not because it was held. */
  #heardAtMs = 0;

  /** `pipes`: where its output goes; without them into pipes of Node's own. */
  constructor(command: TargetCommand, options: { stepMs?: number; pipes?: OutputPipes | undefined } = {}) {
    const { pipes } = options;
    this.#stepMs = options.stepMs ?? STOP_STEP_MS;
    this.#child = spawn(command.file, command.args, {
      cwd: command.cwd,
      env: command.env,
      stdio: ["pipe", pipes?.stdout.programEnd ?? "pipe", pipes?.stderr.programEnd ?? "pipe"],
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    pipes?.stdout.release();
    pipes?.stderr.release();
    this.#outputs = [
      this.#read("stdout", pipes?.stdout.readable ?? this.#child.stdout),
      this.#read("stderr", pipes?.stderr.readable ?? this.#child.stderr),
    ].filter((readable) => readable !== null);
    // The program may close its input, or end, while text is on its way to it.
    this.#child.stdin?.on("error", () => undefined);
    this.ended = this.#watch();
  }

  /** Undefined when the process could not be started. */
  get pid(): number | undefined {
    return this.#child.pid;
  }

  get hasExited(): boolean {
    return this.#exit !== undefined;
  }

  /** Text for the program's standard input; `end` closes it after that. */
  input(text: string, options: { end: boolean }): void {
    const { stdin } = this.#child;
    if (stdin === null || !stdin.writable) return;
    if (text !== "") stdin.write(text);
    if (options.end) stdin.end();
  }

  /** While it is held nothing is read: the pipes fill, and a process that writes more waits. */
  holdOutput(isHeld: boolean): void {
    if (isHeld === this.#isHeld) return;
    this.#isHeld = isHeld;
    this.#heardAtMs = performance.now();
    for (const readable of this.#outputs) {
      if (isHeld) readable.pause();
      else readable.resume();
    }
  }

  /** SIGINT, then SIGTERM, then SIGKILL, each to the group and each after the time for a step. Resolves when the process is gone. */
  stop(): Promise<void> {
    this.#stopping ??= this.#climb(STOP_STEPS);
    return this.#stopping;
  }

  /** Ends the process and all of its group at once. */
  kill(): Promise<void> {
    return this.#climb(["SIGKILL"]);
  }

  /** Ends what is left of the group after the process itself has ended, and reads no more. */
  killGroup(): void {
    this.#signal("SIGKILL");
    for (const readable of this.#outputs) readable.destroy();
  }

  async #climb(steps: readonly StopStep[]): Promise<void> {
    for (const step of steps) {
      if (this.#exit !== undefined || this.pid === undefined) return;
      this.events.emit("stopping", { step });
      this.#signal(step);
      const { promise: timeUp, resolve } = createDeferred<void>();
      const timer = setTimeout(resolve, this.#stepMs);
      await Promise.race([this.#exited.promise, timeUp]);
      clearTimeout(timer);
    }
    await this.#exited.promise;
  }

  #signal(step: StopStep): void {
    const { pid } = this;
    if (pid === undefined) return;
    if (process.platform === "win32") {
      const force = step === "SIGKILL" ? ["/F"] : [];
      spawn("taskkill", ["/PID", String(pid), "/T", ...force], { stdio: "ignore", windowsHide: true }).on("error", () =>
        this.#child.kill(),
      );
      return;
    }
    try {
      process.kill(-pid, step);
    } catch {
      // The group is gone already.
    }
  }

  #read(stream: "stdout" | "stderr", readable: Readable | null): Readable | null {
    const decoder = new OutputDecoder();
    const emit = (decoded: DecodedOutput) => {
      this.#heardAtMs = performance.now();
      if (decoded.text !== "") this.events.emit("output", { stream, ...decoded });
    };
    readable?.on("data", (chunk: Uint8Array) => emit(decoder.push(chunk)));
    readable?.on("end", () => emit(decoder.end()));
    readable?.on("error", () => undefined);
    return readable;
  }

  #isQuiet(): boolean {
    return !this.#isHeld && performance.now() - this.#heardAtMs >= PIPE_GRACE_MS;
  }

  #watch(): Promise<Exit> {
    const child = this.#child;
    const closed = Promise.all(
      this.#outputs.map((readable) => new Promise<void>((resolve) => readable.on("close", () => resolve()))),
    );
    return new Promise((resolve, reject) => {
      child.on("error", (error) => {
        this.#exited.resolve();
        if (child.pid !== undefined) return;
        for (const readable of this.#outputs) readable.destroy();
        reject(error);
      });
      child.on("exit", (exitCode, signal) => {
        const exit = { exitCode, signal };
        this.#exit = exit;
        this.#exited.resolve();
        this.#heardAtMs = performance.now();
        const { promise: silence, resolve: isSilent } = createDeferred<void>();
        const timer = setInterval(() => {
          // Timers run first when this process gets its turn again after long: what is in the pipes is read before the second look.
          if (this.#isQuiet()) setImmediate(() => this.#isQuiet() && isSilent());
        }, PIPE_GRACE_MS / 3);
        void Promise.race([closed, silence]).then(() => {
          clearInterval(timer);
          child.stdin?.destroy();
          resolve(exit);
        });
      });
    });
  }
}
