/**
 * The adapter for programs that this engine starts itself, with the agent in them. It owns the program's process and every
 * process with an agent that shows the run's token: those that the program forked or started join by themselves.
 */
import { Emitter } from "@pyprobe/base";
import type { AgentProbe, Exit, Hello, Limits, ProbeId, ProbeMode } from "@pyprobe/protocol";
import type { Adapter, AdapterEvents, RunRequest, StartAdapter } from "../session/adapter.ts";
import { openOutputPipes } from "../target/output-pipe.ts";
import { STOP_STEP_MS, TargetProcess } from "../target/target-process.ts";
import { commandFor } from "./agent-command.ts";
import { AgentTarget } from "./agent-target.ts";
import type { Refusal } from "./handshake.ts";
import type { Link } from "./link.ts";
import type { AgentListener, Invitation, LinkServer } from "./link-server.ts";
import { LogTurn } from "./log-turn.ts";
import type { RingSpace } from "./ring-space.ts";
import { isRunning } from "./runtime-directory.ts";

/** An interpreter on a slow disk takes seconds to start; one that takes longer has another problem. */
const CONNECT_TIMEOUT_MS = 30_000;
const STDERR_TAIL_CHARACTERS = 4_000;
/** A process closes its files a little before it has ended. */
const END_GRACE_MS = 1_000;

export type AgentAdapterParts = {
  readonly server: LinkServer;
  readonly ringSpace: RingSpace;
  /** The folder that holds the package `pyprobe_tracer`. */
  readonly agentFolder: string;
  readonly stopStepMs?: number;
};

export function createAgentAdapters(parts: AgentAdapterParts): StartAdapter {
  return (request) => new AgentAdapter(request, parts);
}

class AgentAdapter implements Adapter, AgentListener {
  readonly events = new Emitter<AdapterEvents>();
  readonly #request: RunRequest;
  readonly #parts: AgentAdapterParts;
  readonly #invitation: Invitation;
  readonly #targets = new Set<AgentTarget>();
  readonly #turn = new LogTurn();
  readonly #startedAtMs = performance.now();
  readonly #finished: Promise<void>;
  #process: TargetProcess | undefined;
  #isStopped = false;
  /** What was written to the program's input before it was there. */
  #earlyInput: { readonly text: string; readonly end: boolean }[] = [];
  #isHeld: boolean;
  #held: (() => void) | undefined;
  #hasJoined = false;
  #isStopRequested = false;
  #refusal: Refusal | undefined;
  #stderrTail = "";
  readonly #questions = new Set<NodeJS.Timeout>();

  constructor(request: RunRequest, parts: AgentAdapterParts) {
    this.#request = request;
    this.#parts = parts;
    this.#isHeld = request.hold;
    this.#invitation = parts.server.invite(this);
    // Whoever starts an adapter hears its first event only after it has it.
    this.#finished = Promise.resolve().then(() => this.#run());
  }

  begin(): void {
    this.#isHeld = false;
    this.#held?.();
    this.#held = undefined;
  }

  addProbe(probe: AgentProbe): void {
    for (const target of this.#targets) target.addProbe(probe);
  }

  removeProbe(id: ProbeId): void {
    for (const target of this.#targets) target.removeProbe(id);
  }

  updateProbe(id: ProbeId, mode: ProbeMode): void {
    for (const target of this.#targets) target.updateProbe(id, mode);
  }

  setLimits(limits: Limits): void {
    for (const target of this.#targets) target.setLimits(limits);
  }

  input(text: string, options: { end: boolean }): void {
    if (this.#process !== undefined) this.#process.input(text, options);
    else this.#earlyInput.push({ text, ...options });
  }

  holdOutput(isHeld: boolean): void {
    this.#process?.holdOutput(isHeld);
  }

  async stop({ force }: { force: boolean }): Promise<void> {
    this.#isStopped = true;
    // A program that waits for its `welcome` is not asked: it has not begun.
    if (force || !this.#hasJoined || this.#held !== undefined) await this.#process?.kill();
    else await this.#process?.stop();
    await this.#stopStragglers();
    await this.#finished;
  }

  async dispose(): Promise<void> {
    this.#isStopped = true;
    await this.#process?.kill();
    this.#process?.killGroup();
    for (const target of this.#targets) target.close();
    await this.#finished;
  }

  agentJoined(link: Link, hello: Hello): void {
    this.#join(link, hello).catch((error: unknown) => link.close(`Cannot welcome agent: ${error}`));
  }

  agentRefused(refusal: Refusal): void {
    this.#refusal ??= refusal;
  }

  async #join(link: Link, hello: Hello): Promise<void> {
    // A process that replaced itself by another program: first comes all that the one before had captured.
    for (const target of this.#targets) if (target.pid === hello.pid) await target.left;
    const rings = await this.#parts.ringSpace.offer();
    if (link.isClosed) return;
    const target = new AgentTarget({
      link,
      hello,
      request: this.#request,
      rings,
      events: this.events,
      turn: this.#turn,
    });
    const welcome = () => {
      this.#targets.add(target);
      void target.left.then(() => {
        this.#targets.delete(target);
        if (!target.isExplained) this.#askAfter(target.pid);
      });
      this.events.emit("joined", target.target);
      if (!this.#hasJoined) this.events.emit("running", { pid: target.pid });
      this.#hasJoined = true;
      target.welcome();
    };
    if (this.#isHeld) this.#held = welcome;
    else welcome();
  }

  /** Its link was closed without a word. Most often because it has ended; a moment later that is sure. */
  #askAfter(pid: number): void {
    const timer = setTimeout(() => {
      this.#questions.delete(timer);
      const isThere = [...this.#targets].some((target) => target.pid === pid);
      if (isThere || this.#isStopped || !isRunning(pid)) return;
      const message = `Process ${pid} closed its link and runs on: captures of it stop here (programs do that that close every descriptor, to become a daemon, or replace themselves by one that is not Python)`;
      this.events.emit("notice", { level: "warning", message });
    }, END_GRACE_MS);
    this.#questions.add(timer);
  }

  async #run(): Promise<void> {
    try {
      const exit = await this.#runProcess();
      // Processes that the program left behind are part of the session until they end.
      while (this.#targets.size > 0) await Promise.all([...this.#targets].map((target) => target.left));
      if (this.#hasJoined || this.#isStopRequested) this.events.emit("ended", exit);
      else this.events.emit("failed", this.#explain(exit));
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      const message = `Cannot start ${this.#request.interpreter.path}: ${reason} (see whether it runs by itself, or choose another with --python)`;
      this.events.emit("failed", { code: "no_interpreter", message });
    } finally {
      for (const timer of this.#questions) clearTimeout(timer);
      this.#invitation.revoke();
    }
  }

  async #runProcess(): Promise<Exit> {
    const { address, token } = this.#invitation;
    const command = commandFor(this.#request, { agentFolder: this.#parts.agentFolder, address, token });
    const pipes = await openOutputPipes();
    const child = new TargetProcess(command, { stepMs: this.#parts.stopStepMs ?? STOP_STEP_MS, pipes });
    this.#process = child;
    // Whoever stopped it while there was no process yet waits for its end all the same.
    if (this.#isStopped) void child.kill();
    for (const { text, end } of this.#earlyInput.splice(0)) child.input(text, { end });
    child.events.on("output", (output) => {
      const { stream, text } = output;
      if (stream === "stderr") this.#stderrTail = (this.#stderrTail + text).slice(-STDERR_TAIL_CHARACTERS);
      this.events.emit("output", { ...output, tMs: performance.now() - this.#startedAtMs });
    });
    child.events.on("stopping", ({ step }) => {
      if (child.pid !== undefined) this.events.emit("stopping", { pid: child.pid, step });
    });
    const timer = setTimeout(() => {
      if (this.#hasJoined || this.#held !== undefined) return;
      this.#stderrTail += `\nthe agent did not connect within ${CONNECT_TIMEOUT_MS / 1000} s`;
      void child.kill();
    }, CONNECT_TIMEOUT_MS);
    try {
      return await child.ended;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Why the program's process ended without its agent ever having come. */
  #explain(exit: Exit): { code: string; message: string } {
    if (this.#refusal !== undefined) return this.#refusal;
    if (this.#isStopped) return { code: "not_running", message: "The program was stopped before it began" };
    const python = this.#request.interpreter.path;
    const lines = this.#stderrTail.trim().split("\n");
    const how = exit.signal === null ? `it ended with exit code ${exit.exitCode}` : `it was ended by ${exit.signal}`;
    const why = lines.at(-1)?.trim() || how;
    const message = `Cannot use the agent in ${python}: ${why}. Run: ${python} -m pip install pyprobe-tracer`;
    return { code: "agent_unusable", message };
  }

  /** Ends processes of the session that outlive the program's own: politely, then not. */
  async #stopStragglers(): Promise<void> {
    for (const signal of ["SIGTERM", "SIGKILL"] as const) {
      const stragglers = [...this.#targets].filter(({ target }) => target.parent !== null);
      if (stragglers.length === 0) break;
      for (const { pid } of stragglers) {
        this.events.emit("stopping", { pid, step: signal });
        send(pid, signal);
      }
      const gone = Promise.all(stragglers.map(({ left }) => left));
      await Promise.race([gone, timeUp(this.#parts.stopStepMs ?? STOP_STEP_MS)]);
    }
    this.#process?.killGroup();
  }
}

function timeUp(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}
