/** The `pyprobe` command, wired: what was typed, the streams, the exit code. */
import { assertNever } from "@pyprobe/base";
import { CallError, PYPROBE_VERSION } from "@pyprobe/protocol";
import { type Command, parseCommandLine } from "./command-line.ts";
import { CANNOT_START } from "./exit-code.ts";
import { helpText } from "./help.ts";
import { StartError } from "./start-error.ts";
import type { TerminalStreams } from "./terminal-presenter.ts";
import { UsageError } from "./usage-error.ts";
import { Writer } from "./writer.ts";

/** Ends the process. */
export async function runMain(): Promise<never> {
  const streams = { stdout: new Writer(process.stdout), stderr: new Writer(process.stderr) };
  const code = await runCommandLine(process.argv.slice(2), streams).catch(async (error: unknown) => {
    await streams.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    return 1;
  });
  await Promise.all([streams.stdout.flush(), streams.stderr.flush()]);
  process.exit(code);
}

async function runCommandLine(argv: readonly string[], streams: TerminalStreams): Promise<number> {
  try {
    // npm runs scripts in the package's folder and says where the person stands.
    return await runCommand(parseCommandLine(argv, process.env.INIT_CWD ?? process.cwd()), streams);
  } catch (error) {
    await streams.stderr.write(`${sentenceOf(error)}\n`);
    return CANNOT_START;
  }
}

/** Throws the error again when it is a fault of ours, and not something that a person can act on. */
function sentenceOf(error: unknown): string {
  if (error instanceof CallError || error instanceof StartError) return error.message;
  if (!(error instanceof UsageError)) throw error;
  const help = `pyprobe ${error.of === undefined ? "" : `${error.of} `}--help`;
  return `Cannot understand the command: ${error.message} (see ${help})`;
}

/** What a command needs is loaded when it is asked for: `--help` does not wait for an engine. */
async function runCommand(command: Command, streams: TerminalStreams): Promise<number> {
  switch (command.kind) {
    case "help":
      await streams.stdout.write(helpText(command.of));
      return 0;
    case "version":
      await streams.stdout.write(`${PYPROBE_VERSION}\n`);
      return 0;
    case "run": {
      const { output } = command;
      if (output.kind === "page") return (await import("./run-with-page.ts")).runWithPage(command, output, streams);
      return (await import("./run.ts")).runHeadless(command, streams);
    }
    case "open":
      return (await import("./open.ts")).open(command.path, command, streams);
    case "doctor":
      return (await import("./doctor.ts")).doctor(command, streams);
    default:
      return assertNever(command);
  }
}
