/** One check of the gate: it holds or it does not, and its output says where. */
import { runProcess } from "../test/run-process.ts";

export type CheckResult = { readonly ok: boolean; readonly output: string };
export type Check = { readonly name: string; readonly run: () => Promise<CheckResult> };

export async function runTool(file: string, args: readonly string[], cwd: string): Promise<CheckResult> {
  const { code, stdout, stderr } = await runProcess(file, args, { cwd });
  return { ok: code === 0, output: stdout + stderr };
}

export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
