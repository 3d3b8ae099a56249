/**
 * `npm run ok`: the whole gate, the fast part first. Everything that is cheap runs even when something before it failed, so that one
 * run tells all; the tests run last, and only when the rest holds. The last lines say what held.
 */
import { join } from "node:path";
import { biomeCheck } from "./check/biome.ts";
import { pagesCheck } from "./check/pages.ts";
import { mypyCheck, ruffCheck } from "./check/python.ts";
import { type Check, runTool, say } from "./check/step.ts";

const root = join(import.meta.dirname, "..");

const checks: readonly Check[] = [
  { name: "imports and lock file", run: () => runTool(process.execPath, ["tools/check-deps.ts"], root) },
  { name: "format and lint", run: () => biomeCheck(root) },
  { name: "types", run: () => runTool(process.execPath, ["node_modules/typescript/bin/tsc", "-p", "."], root) },
  { name: "agent: format and lint", run: () => ruffCheck(root) },
  { name: "agent: types", run: () => mypyCheck(root) },
  { name: "generated pages", run: async () => pagesCheck(root) },
];

async function main(): Promise<number> {
  const failed: string[] = [];
  for (const { name, run } of checks) {
    const startedMs = Date.now();
    const { ok, output } = await run();
    if (!ok) {
      failed.push(name);
      say(output.trimEnd());
    }
    say(`${ok ? "holds" : "FAILS"}  ${name} (${((Date.now() - startedMs) / 1000).toFixed(1)} s)`);
  }
  if (failed.length > 0) {
    say(`The gate is shut: ${failed.join(", ")} failed; the tests did not run`);
    return 1;
  }
  process.argv.splice(2);
  await import("./test.ts");
  const code = Number(process.exitCode ?? 0);
  const held = checks.map(({ name }) => name).join(", ");
  say(code === 0 ? `The gate is open: ${held} and all tests hold` : `The gate is shut: ${held} hold, but tests failed`);
  return code;
}

process.exitCode = await main();
