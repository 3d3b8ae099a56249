/** The agent's own tests under one Python as a suite. */
import { readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PythonEnvironment } from "./python-environment.ts";
import { runProcess } from "./run-process.ts";
import { type Skip, type Suite, type SuiteResult, withExitCode } from "./suite.ts";

const TIMEOUT_MS = 20 * 60_000;

export function pytestSuite(
  environment: PythonEnvironment,
  options: { root: string; pattern: string | undefined },
): Suite {
  const { python, path } = environment;
  return {
    name: `agent on Python ${python.version}${python.tag.endsWith("t") ? " free-threaded" : ""}`,
    alone: false,
    async run(onOutput) {
      const report = join(tmpdir(), `pyprobe-${process.pid}-${python.tag}.xml`);
      const flags = ["-q", "-p", "no:cacheprovider", "--tb=short", `--junitxml=${report}`];
      if (options.pattern !== undefined) flags.push("-k", options.pattern);
      const { code, stdout, stderr } = await runProcess(path, ["-m", "pytest", ...flags, "tests"], {
        cwd: join(options.root, "python", "pyprobe_tracer"),
        env: { ...process.env, PYTHONDONTWRITEBYTECODE: "1" },
        timeoutMs: TIMEOUT_MS,
        ...(onOutput === undefined ? {} : { onOutput }),
      });
      const result = readReport(await readFile(report, "utf8").catch(() => ""));
      await rm(report, { force: true });
      return withExitCode({ ...result, output: stdout + stderr }, code);
    },
  };
}

/** JUnit's XML as pytest writes it. */
export function readReport(xml: string): Omit<SuiteResult, "output"> {
  let passed = 0;
  let failed = 0;
  const skipped: Skip[] = [];
  for (const [, attributes = "", body = ""] of xml.matchAll(/<testcase ([^>]*?)(?:\/>|>(.*?)<\/testcase>)/gs)) {
    const skip = /<skipped ([^>]*)/.exec(body)?.[1];
    if (/<(failure|error)\b/.test(body)) failed += 1;
    else if (skip === undefined) passed += 1;
    else
      skipped.push({
        test: `${attribute(attributes, "classname")}.${attribute(attributes, "name")}`,
        reason: attribute(skip, "message"),
      });
  }
  return { passed, failed, skipped };
}

const entities: Readonly<Record<string, string>> = { quot: '"', amp: "&", lt: "<", gt: ">", apos: "'", "#10": "\n" };

function attribute(text: string, name: string): string {
  const value = new RegExp(`\\b${name}="([^"]*)"`).exec(text)?.[1] ?? "";
  return value.replace(/&([^;]+);/g, (whole, entity: string) => entities[entity] ?? whole);
}
