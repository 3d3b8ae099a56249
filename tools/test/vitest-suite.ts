/** One project of `vitest.config.ts` as a suite. */
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { runProcess } from "./run-process.ts";
import { type Skip, type Suite, type SuiteResult, withExitCode } from "./suite.ts";

export type VitestSuiteOptions = {
  readonly root: string;
  readonly env: NodeJS.ProcessEnv;
  readonly alone: boolean;
  readonly pattern: string | undefined;
  /** Flags for Vitest itself, such as `--update`. */
  readonly flags: readonly string[];
};

const TIMEOUT_MS = 20 * 60_000;

export function vitestSuite(project: string, options: VitestSuiteOptions): Suite {
  return {
    name: project,
    alone: options.alone,
    async run(onOutput) {
      const report = join(tmpdir(), `pyprobe-${process.pid}-${project}.json`);
      const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
      const args = ["run", "--project", project, "--passWithNoTests", ...reporters, ...options.flags];
      if (options.pattern !== undefined) args.push(options.pattern);
      const vitest = join(options.root, "node_modules", "vitest", "vitest.mjs");
      const { code, stdout, stderr } = await runProcess(process.execPath, [vitest, ...args], {
        cwd: options.root,
        env: options.env,
        timeoutMs: TIMEOUT_MS,
        ...(onOutput === undefined ? {} : { onOutput }),
      });
      const result = await readReport(report, options.root);
      await rm(report, { force: true });
      return withExitCode({ ...result, output: stdout + stderr }, code);
    },
  };
}

type Report = {
  testResults: {
    name: string;
    status: string;
    assertionResults: { status: string; fullName: string; meta?: { note?: string } }[];
  }[];
};

async function readReport(path: string, root: string): Promise<Omit<SuiteResult, "output">> {
  const report: Report = await readFile(path, "utf8").then(JSON.parse, () => ({ testResults: [] }));
  let passed = 0;
  let failed = 0;
  const skipped: Skip[] = [];
  for (const file of report.testResults) {
    // A file that does not load has no tests to fail.
    if (file.status === "failed" && file.assertionResults.length === 0) failed += 1;
    for (const test of file.assertionResults) {
      if (test.status === "passed") passed += 1;
      else if (test.status === "failed") failed += 1;
      else
        skipped.push({
          test: `${relative(root, file.name)}: ${test.fullName}`,
          reason: test.meta?.note ?? "no reason was given",
        });
    }
  }
  return { passed, failed, skipped };
}
