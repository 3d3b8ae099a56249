/** `pyprobe run`: launches the program, presents it in one of three ways, and ends with its exit code. */
import { accessSync, constants, existsSync } from "node:fs";
import { resolve } from "node:path";
import { type Engine, startEngine } from "@pyprobe/engine";
import type { Exit, SessionInfo } from "@pyprobe/protocol";
import type { RunCommand } from "./command-line.ts";
import { endReport } from "./end-report.ts";
import { BROKEN_PIPE, CANNOT_START, exitCodeOf, hasNeverBegun, INTERRUPTED } from "./exit-code.ts";
import { onInterrupt } from "./interrupts.ts";
import { JsonPresenter } from "./json-presenter.ts";
import { type LaunchedProgram, launchProgram } from "./launched-program.ts";
import { StartError } from "./start-error.ts";
import { forwardInput } from "./terminal-input.ts";
import { TerminalPresenter, type TerminalStreams } from "./terminal-presenter.ts";

/** Resolves with the command's exit code. */
export async function runHeadless(command: RunCommand, streams: TerminalStreams): Promise<number> {
  checkScript(command);
  const engine = await startEngine();
  try {
    const code = command.output.kind === "json" ? runAsJson : runWithReport;
    const exitCode = await code(engine, command, streams);
    return streams.stdout.isClosed ? BROKEN_PIPE : exitCode;
  } finally {
    await engine.close();
  }
}

/** Said at once, before anything is started. Throws a `StartError`. */
export function checkScript({ program, cwd }: RunCommand): void {
  if (program.kind === "module") return;
  const path = resolve(cwd, program.path);
  if (!existsSync(path)) throw new StartError(`Cannot run ${path}: there is no such file (check the path)`);
  try {
    accessSync(path, constants.R_OK);
  } catch (cause) {
    throw new StartError(`Cannot run ${path}: you may not read it (check its permissions)`, { cause });
  }
}

async function runAsJson(engine: Engine, command: RunCommand, streams: TerminalStreams): Promise<number> {
  const presenter = new JsonPresenter(streams.stdout, {
    onNotice: (message) => void streams.stderr.write(`${message}\n`),
  });
  const program = await launchProgram(engine, command, presenter);
  const { exit, code } = await outcome(await attend(program, streams), streams);
  await presenter.end(exit, await program.snapshot());
  return code;
}

async function runWithReport(engine: Engine, command: RunCommand, streams: TerminalStreams): Promise<number> {
  const presenter = new TerminalPresenter(streams, { tellsFailedProbes: true });
  const program = await launchProgram(engine, command, presenter);
  const { hasBegun, code } = await outcome(await attend(program, streams), streams);
  if (!hasBegun) return code;
  const { probes, counters } = await program.snapshot();
  for (const line of endReport(probes, counters)) await presenter.say(line);
  return code;
}

/** Passes on what is typed until the program has ended: text to its input, Ctrl-C to the program. */
async function attend(program: LaunchedProgram, { stdout }: TerminalStreams): Promise<SessionInfo> {
  const stop = (force: boolean) => program.stop({ force }).catch(() => {});
  const stopForwarding = forwardInput(program);
  const stopListening = onInterrupt((press) => void stop(press > 1));
  // Nobody reads the output any more, as when `head` has seen enough: what is still on its way is not waited for.
  const unread = Promise.withResolvers<void>();
  stdout.onClosed = () => void stop(false).then(unread.resolve);
  try {
    return await Promise.race([program.ended, unread.promise.then(() => program.info)]);
  } finally {
    stopListening();
    stopForwarding();
  }
}

export type Outcome = { readonly exit: Exit; readonly code: number; readonly hasBegun: boolean };

/** How the run ended, in words on stderr where it could not begin. */
export async function outcome({ state }: SessionInfo, { stderr }: TerminalStreams): Promise<Outcome> {
  if (state.kind === "ended" && !hasNeverBegun(state.exit))
    return { exit: state.exit, code: exitCodeOf(state.exit), hasBegun: true };
  const failure = state.kind === "failed" ? state : undefined;
  const isStopped = state.kind === "ended" || failure?.code === "not_running";
  const message = failure?.message ?? (isStopped ? "The program was stopped before it began" : undefined);
  if (message !== undefined) await stderr.write(`${message}\n`);
  const code = isStopped ? INTERRUPTED : CANNOT_START;
  return { exit: { exitCode: code, signal: null }, code, hasBegun: false };
}
