/** The npm package as a user gets it: packed, installed into an empty folder without the registry, and run through npx. */
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fetchPage, linesOf, parseLines, runCli, startCli, targetsFolder } from "../harness/cli.ts";
import { findNpmCommand } from "../harness/npm.ts";
import { anyPython } from "../harness/pythons.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = mkdtempSync(join(tmpdir(), "pyprobe-package-"));
const npm = findNpmCommand();
const bin = join(folder, "node_modules", "pyprobe", "bin", "pyprobe.mjs");
const { path: python } = anyPython();

function run(args: readonly string[], cwd: string): string {
  return execFileSync(npm.file, [...npm.args, ...args], { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}

beforeAll(() => {
  execFileSync(process.execPath, [join(root, "tools", "build.ts")], { cwd: root, stdio: "pipe" });
  run(["pack", "--workspace", "pyprobe", "--pack-destination", folder], root);
  const tarball = readdirSync(folder).find((name) => name.endsWith(".tgz"));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "empty", private: true }));
  run(["install", "--offline", "--no-audit", "--no-fund", `./${tarball}`], folder);
  cpSync(join(targetsFolder, "add_up.py"), join(folder, "add_up.py"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("it needs no other package and runs no install script", () => {
  const installed = readdirSync(join(folder, "node_modules")).filter((name) => !name.startsWith("."));
  expect(installed).toEqual(["pyprobe"]);
  const { dependencies, scripts } = JSON.parse(
    readFileSync(join(folder, "node_modules", "pyprobe", "package.json"), "utf8"),
  );
  expect(dependencies ?? {}).toEqual({});
  expect(scripts?.install ?? scripts?.postinstall).toBeUndefined();
});

test("it holds nothing that tools keep for themselves", () => {
  const files = readdirSync(join(folder, "node_modules", "pyprobe"), { recursive: true, encoding: "utf8" });
  expect(files).toContain(join("dist", "python", "pyprobe_tracer", "__main__.py"));
  expect(files.filter((path) => /(^|[\\/])(\.|__pycache__)/.test(path))).toEqual([]);
});

test("it names the licences of what is bundled", () => {
  const notices = readFileSync(join(folder, "node_modules", "pyprobe", "dist", "THIRD-PARTY-NOTICES.txt"), "utf8");
  for (const name of ["react ", "ws ", "zod ", "@codemirror/view "]) expect(notices).toContain(`\n${name}`);
});

test("npx pyprobe run watches a script", () => {
  const stdout = run(
    [
      "exec",
      "--offline",
      "--",
      "pyprobe",
      "run",
      "--headless",
      "--json",
      "--python",
      python,
      "--probe",
      "add_up.py:8:total",
      "add_up.py",
    ],
    folder,
  );
  const lines = parseLines(stdout);
  expect(linesOf(lines, "capture").map(({ value }) => value)).toEqual(
    [0, 1, 3, 6, 10].map((value) => ({ kind: "scalar", type: "int", value })),
  );
  expect(linesOf(lines, "end")[0]?.exit_code).toBe(0);
});

test("its page is there, for those who carry the token", async () => {
  const cli = startCli(["run", "--no-open", "--python", python, "stop_politely.py"], { bin });
  const [, address = ""] = await cli.waitFor(/PyProbe is at (\S+)/);
  const page = await fetchPage(address);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<script type="module"');
  expect((await fetch(new URL("/", address))).status).toBe(401);
  await cli.waitFor(/ready/);
  cli.child.kill("SIGINT");
  expect((await cli.ended).code).toBe(5);
});

test("--version and doctor run from it", async () => {
  const version = await runCli(["--version"], { bin, cwd: folder });
  expect(version.stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  const doctor = await runCli(["doctor", "--json", "--python", python], { bin, cwd: folder });
  expect(JSON.parse(doctor.stdout)).toMatchObject({ ok: true });
  expect(doctor.code).toBe(0);
});
