/** The agent as a Python user gets it: built as a wheel, installed with pip, and run. */
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runProcess } from "../../tools/test/run-process.ts";
import { anyPython } from "../harness/pythons.ts";

const source = join(import.meta.dirname, "..", "..", "python", "pyprobe_tracer");
const folder = mkdtempSync(join(tmpdir(), "pyprobe-wheel-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { path: python } = anyPython();

async function run(file: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await runProcess(file, args, { cwd: folder, timeoutMs: 240_000 });
  expect(stderr + stdout, `${file} ${args.join(" ")}`).toSatisfy(() => code === 0);
  return stdout;
}

test("it builds as a wheel for every Python and platform, installs, and says its version", async () => {
  // pip builds where the sources are, and would leave its folders there.
  const copy = join(folder, "source");
  cpSync(source, copy, { recursive: true, filter: (path) => !/[\\/](build|__pycache__|.*\.egg-info)$/.test(path) });
  await run(python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, copy);
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl")) ?? "";
  expect(wheel).toMatch(/^pyprobe_tracer-[\d.]+-py3-none-any\.whl$/);
  const environment = join(folder, "environment");
  await run(python, "-m", "venv", environment);
  const installed = join(environment, process.platform === "win32" ? "Scripts\\python.exe" : "bin/python");
  await run(installed, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", join(folder, wheel));
  const names = await run(
    installed,
    "-c",
    "import importlib.metadata as m, pyprobe_tracer; print(m.version('pyprobe-tracer'), m.requires('pyprobe-tracer'))",
  );
  expect(names).toMatch(/^\d+\.\d+\.\d+ (None|\[\])\n$/);
  // Without an engine to connect to it says how it is used.
  const { code, stderr } = await runProcess(installed, ["-m", "pyprobe_tracer"], { cwd: folder });
  expect(code).toBe(2);
  expect(stderr).toContain("usage: python -m pyprobe_tracer --connect ADDRESS");
});

test("it is typed", () => {
  expect(existsSync(join(source, "src", "pyprobe_tracer", "py.typed"))).toBe(true);
});
