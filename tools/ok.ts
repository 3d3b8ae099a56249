/**
 * `npm run ok`: the whole gate, the fast part first. Everything that is cheap runs even when something before it failed, so that one
 * run tells all; the tests run last, and only when the rest holds.
 */
import { join } from "node:path";
import { biomeCheck } from "./check/biome.ts";
import { mypyCheck, ruffCheck } from "./check/python.ts";
import { type Check, runTool, say } from "./check/step.ts";

const root = join(import.meta.dirname, "..");

const checks: readonly Check[] = [
  { name: "imports and lock file", run: () => runTool(process.execPath, ["tools/check-deps.ts"], root) },
  { name: "format and lint", run: () => biomeCheck(root) },
  { name: "types", run: () => runTool(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."], root) },
  { name: "agent: format and lint", run: () => ruffCheck(root) },
  { name: "agent: types", run: () => mypyCheck(root) },
];

async function main(): Promise<number> {
  let failed = 0;
  for (const { name, run } of checks) {
    const startedMs = Date.now();
    const { ok, output } = await run();
    if (!ok) {
      failed += 1;
      say(output.trimEnd());
    }
    say(`${ok ? "holds" : "FAILS"}  ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  }
  if (failed > 0) {
    say(`${failed} of ${checks.length} checks failed; the tests did not run`);
    return 1;
  }
  process.argv.splice(2);
  await import("./test.ts");
  return Number(process.exitCode ?? 0);
}

process.exitCode = await main();
