/** `pyprobe run` with the page: the program's output stays on the terminal, everything else is in the browser. */
import type { SessionState } from "@pyprobe/protocol";
import type { RunCommand } from "./command-line.ts";
import { exitCodeOf, hasNeverBegun } from "./exit-code.ts";
import { onInterrupt } from "./interrupts.ts";
import { launchProgram } from "./launched-program.ts";
import { type PageOptions, showPage, startEngineWithPage } from "./page.ts";
import { checkScript, outcome } from "./run.ts";
import { forwardInput } from "./terminal-input.ts";
import { TerminalPresenter, type TerminalStreams } from "./terminal-presenter.ts";

/** Resolves with the exit code of the last run, when a person has ended the command here or in the page. */
export async function runWithPage(command: RunCommand, page: PageOptions, streams: TerminalStreams): Promise<number> {
  checkScript(command);
  const engine = await startEngineWithPage(page);
  try {
    const address = await showPage(engine, page, streams);
    let isLeaving = false;
    const presenter = new TerminalPresenter(streams, {
      sayAtEnd: (state) => (isLeaving ? undefined : sentenceOn(state, address)),
    });
    const program = await launchProgram(engine, command, presenter);
    const stopForwarding = forwardInput(program);
    const interrupted = Promise.withResolvers<void>();
    // Ctrl-C ends a program that runs, and then the command; when nothing runs, the command at once.
    const stopListening = onInterrupt((press) => {
      isLeaving = true;
      void program.stop({ force: press > 1 }).then(interrupted.resolve, interrupted.resolve);
    });
    await Promise.race([interrupted.promise, engine.closed]);
    stopListening();
    stopForwarding();
    return (await outcome(program.info, streams)).code;
  } finally {
    await engine.close();
  }
}

function sentenceOn(state: SessionState, address: string): string {
  const page = `the page stays at ${address} until Ctrl-C`;
  if (state.kind !== "ended") return `The program could not be run; ${page}`;
  if (hasNeverBegun(state.exit)) return `The program was stopped before it began; ${page}`;
  const { exitCode, signal } = state.exit;
  return exitCode === null
    ? `The program was ended by ${signal ?? "something unknown"}; ${page}`
    : `The program ended with exit code ${exitCodeOf(state.exit)}; ${page}`;
}
