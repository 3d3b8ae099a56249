/**
 * `npm test`: makes what the tests need, runs them all, and ends with `N passed, N failed`.
 *
 *     npm test -- [unit|agent|e2e|package|browser]… [pattern] [--update]
 *
 * `--update` writes the golden texts of the suites that have some. Developers choose suites; without a choice all run, on every CPython found.
 */
import { join } from "node:path";
import { buildPage } from "./bundle/page.ts";
import { findOrInstallChromium } from "./test/chromium.ts";
import { pytestSuite } from "./test/pytest-suite.ts";
import { type PythonEnvironment, preparePythonEnvironment } from "./test/python-environment.ts";
import { findPythons } from "./test/pythons.ts";
import { runSuites } from "./test/run-suites.ts";
import type { Suite } from "./test/suite.ts";
import { vitestSuite } from "./test/vitest-suite.ts";

const root = join(import.meta.dirname, "..");
const suiteNames = ["unit", "agent", "e2e", "package", "browser"] as const;
type SuiteName = (typeof suiteNames)[number];

type Choice = {
  readonly suites: ReadonlySet<SuiteName>;
  readonly pattern: string | undefined;
  readonly update: boolean;
};

async function main(): Promise<number> {
  const choice = parseChoice(process.argv.slice(2));
  const environments = await preparePythons();
  const needsPage = choice.suites.has("browser") || choice.suites.has("package") || choice.suites.has("e2e");
  if (needsPage) await buildPage(root, say);
  const chromium = choice.suites.has("browser") ? await findOrInstallChromium(say) : undefined;
  if (chromium !== undefined) say(`Chromium: ${chromium}`);
  const suites = chooseSuites(choice, environments, chromium);
  const total = await runSuites(suites, { say, stream: choice.suites.size === 1 });
  say("");
  for (const { reason, tests } of total.skipReasons) say(`skipped ${tests.length}: ${reason} (${sample(tests)})`);
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
  say(`${total.passed} passed, ${total.failed} failed${skipped}`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

function parseChoice(argv: readonly string[]): Choice {
  const update = argv.includes("--update");
  const words = argv.filter((word) => word !== "--update");
  const isSuite = (word: string): word is SuiteName => (suiteNames as readonly string[]).includes(word);
  const chosen = words.filter(isSuite);
  const patterns = words.filter((word) => !isSuite(word));
  if (patterns.length > 1) throw new Error(`Cannot run the tests: one pattern at most, not ${patterns.join(" and ")}`);
  return { suites: new Set(chosen.length > 0 ? chosen : suiteNames), pattern: patterns[0], update };
}

async function preparePythons(): Promise<PythonEnvironment[]> {
  const pythons = await findPythons();
  if (pythons.length === 0) {
    throw new Error(
      "Cannot run the tests: there is no CPython from 3.9 to 3.15 (install one, or name some in PYPROBE_PYTHONS)",
    );
  }
  say(`Python: ${pythons.map(({ version, tag }) => version + (tag.endsWith("t") ? "t" : "")).join(", ")}`);
  const directory = join(root, ".tools", "venvs");
  const environments: PythonEnvironment[] = new Array(pythons.length);
  const queue = pythons.entries();
  const work = async () => {
    for (const [index, python] of queue) {
      environments[index] = await preparePythonEnvironment(python, { directory, all: pythons, say });
    }
  };
  await Promise.all([work(), work()]);
  for (const { withoutNumpy, withoutLibraries } of environments)
    for (const reason of [withoutNumpy, withoutLibraries]) if (reason !== undefined) say(`Note: ${reason}`);
  return environments;
}

/** Long ones first, so that two workers end together; what measures time comes last, alone. */
function chooseSuites(
  choice: Choice,
  environments: readonly PythonEnvironment[],
  chromium: string | undefined,
): Suite[] {
  const { suites: names, pattern } = choice;
  const env = {
    ...process.env,
    PYPROBE_TEST_PYTHONS: JSON.stringify(
      Object.fromEntries(environments.map(({ python, path }) => [python.tag, path])),
    ),
    PYPROBE_TEST_CHROMIUM: chromium ?? "",
    PYPROBE_TEST_WORKERS: "1",
    ...(process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1", FORCE_COLOR: undefined }),
    PYPROBE_UPDATE_GOLDEN: choice.update ? "1" : "",
  };
  const vitest = (name: SuiteName, alone: boolean) => vitestSuite(name, { root, env, alone, pattern, flags: [] });
  const suites: Suite[] = [];
  if (names.has("e2e")) suites.push(vitest("e2e", false));
  if (names.has("package")) suites.push(vitest("package", false));
  if (names.has("agent"))
    for (const environment of environments) suites.push(pytestSuite(environment, { root, pattern }));
  if (names.has("unit")) suites.push(vitest("unit", false));
  if (names.has("browser")) suites.push(vitest("browser", true));
  return suites;
}

function sample(tests: readonly string[]): string {
  return tests.length > 2 ? `${tests.slice(0, 2).join(", ")}, …` : tests.join(", ");
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

// An interrupted run ends what it started: that happens on exit.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => process.exit(130));

process.exitCode = await main().catch((error: unknown) => {
  say(error instanceof Error ? error.message : String(error));
  // The counts are the last line whatever happened.
  say("0 passed, 1 failed");
  return 1;
});
