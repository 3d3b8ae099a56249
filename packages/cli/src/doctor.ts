/** `pyprobe doctor`: tries everything that a run needs, and says what to do about what is not right. */
import { startEngine } from "@pyprobe/engine";
import { PYPROBE_VERSION } from "@pyprobe/protocol";
import type { Command } from "./command-line.ts";
import { checkBrowser, checkNode, checkPort, checkSharedMemory } from "./doctor/check-machine.ts";
import { checkInterpreters, checkWatching } from "./doctor/check-python.ts";
import { type Finding, findingText } from "./doctor/finding.ts";
import type { TerminalStreams } from "./terminal-presenter.ts";

type DoctorCommand = Extract<Command, { kind: "doctor" }>;

/** Resolves with 0 when programs can be run and watched, else 1. */
export async function doctor(command: DoctorCommand, { stdout }: TerminalStreams): Promise<number> {
  const findings: Finding[] = [];
  const add = async (...found: readonly Finding[]) => {
    findings.push(...found);
    if (!command.json) for (const finding of found) await stdout.write(`${findingText(finding)}\n`);
  };
  await add({ check: "PyProbe", level: "ok", message: PYPROBE_VERSION }, checkNode());
  const engine = await startEngine();
  try {
    if (command.python === undefined) await add(...(await checkInterpreters(engine, command.cwd)));
    await add(await checkWatching(engine, command.python));
  } finally {
    await engine.close();
  }
  await add(await checkSharedMemory(), await checkPort(), checkBrowser());
  const isWell = findings.every(({ level }) => level !== "problem");
  if (command.json) await stdout.write(`${JSON.stringify({ ok: isWell, findings })}\n`);
  else
    await stdout.write(
      isWell ? "Programs can be run and watched.\n" : "Programs cannot be watched yet: see PROBLEM above.\n",
    );
  return isWell ? 0 : 1;
}
