/** Runs suites two at a time and adds up what they found. */
import type { Suite, SuiteResult } from "./suite.ts";

const WORKERS = 2;

export type Total = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly skipReasons: readonly { readonly reason: string; readonly tests: readonly string[] }[];
};

/** With `stream` the output is shown as it comes, else only that of suites that failed. */
export async function runSuites(
  suites: readonly Suite[],
  options: { readonly say: (line: string) => void; readonly stream: boolean },
): Promise<Total> {
  const results: SuiteResult[] = [];
  const run = async (suite: Suite) => {
    const startedMs = Date.now();
    const stream = options.stream && suites.length === 1;
    const result = await suite.run(stream ? (text) => process.stdout.write(text) : undefined);
    results.push(result);
    if (result.failed > 0 && !stream) options.say(`\n---- ${suite.name} ----\n${result.output.trimEnd()}\n----`);
    const skipped = result.skipped.length > 0 ? `, ${result.skipped.length} skipped` : "";
    const seconds = ((Date.now() - startedMs) / 1000).toFixed(0);
    options.say(`${suite.name}: ${result.passed} passed, ${result.failed} failed${skipped} (${seconds} s)`);
  };
  const waiting = suites.filter(({ alone }) => !alone);
  const work = async () => {
    for (let suite = waiting.shift(); suite !== undefined; suite = waiting.shift()) await run(suite);
  };
  await Promise.all(Array.from({ length: WORKERS }, work));
  for (const suite of suites.filter(({ alone }) => alone)) await run(suite);
  return addUp(results);
}

function addUp(results: readonly SuiteResult[]): Total {
  const byReason = new Map<string, string[]>();
  for (const { test, reason } of results.flatMap(({ skipped }) => skipped)) {
    byReason.set(reason, [...(byReason.get(reason) ?? []), test]);
  }
  return {
    passed: results.reduce((sum, { passed }) => sum + passed, 0),
    failed: results.reduce((sum, { failed }) => sum + failed, 0),
    skipped: results.reduce((sum, { skipped }) => sum + skipped.length, 0),
    skipReasons: [...byReason].map(([reason, tests]) => ({ reason, tests })),
  };
}
