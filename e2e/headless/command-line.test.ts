/** What a person meets on the terminal: plain output, reports, usage. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { runProcess } from "../../tools/test/run-process.ts";
import { runCli, runJson, targetsFolder } from "../harness/cli.ts";
import { expectGolden } from "../harness/golden.ts";
import { anyPython } from "../harness/pythons.ts";
import { withoutFolders } from "../harness/transcript.ts";

const { path: python } = anyPython();
const headless = ["run", "--headless", "--python", python];
const folder = mkdtempSync(join(tmpdir(), "pyprobe-e2e-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

test("without --json the program's output is passed on as it is, and the report goes to stderr", async () => {
  const { stdout, stderr, code } = await runCli([...headless, "--probe=add_up.py:8:total", "add_up.py", "1000"]);
  expect(stdout).toBe("total 499500\n");
  expect(stderr).toBe("total at add_up.py:8: 1,000 captures\n");
  expect(code).toBe(0);
});

test("the program's stderr stays on stderr", async () => {
  const { stdout, stderr, code } = await runCli([...headless, "read_input.py"], { input: "a\n" });
  expect([stdout, stderr, code]).toEqual(["read a\n", "end of input\n", 0]);
});

test("a traceback is the one that plain Python prints", async () => {
  const { stderr, code } = await runCli([...headless, "raise_in_main.py"]);
  expect(stderr).toContain("ZeroDivisionError: division by zero\n");
  expect(stderr).not.toContain("pyprobe");
  expect(code).toBe(1);
});

test("much output arrives whole", async () => {
  const count = 200_000;
  const { stdout, code } = await runCli([...headless, "write_much.py", String(count)]);
  expect(stdout.split("\n").length).toBe(count + 1);
  expect(stdout.endsWith(`line ${count - 1}\n`)).toBe(true);
  expect(code).toBe(0);
});

test("relative paths are meant from where npm was called", async () => {
  const env = { INIT_CWD: targetsFolder };
  const { lines, code } = await runJson(["--python", python, "--probe=add_up.py:8:total", "add_up.py"], {
    cwd: folder,
    env,
  });
  expect(lines.filter(({ event }) => event === "capture").length).toBe(5);
  expect(code).toBe(0);
});

test("relative paths work from any folder", async () => {
  const { stdout } = await runCli([...headless, "../print_surroundings.py"], { cwd: join(targetsFolder, "greeting") });
  expect(stdout).toBe("__main__ print_surroundings.py\n['../print_surroundings.py']\ntargets\ngreeting\n");
});

test.each([
  ["a script that is not Python", ["not_python.py"]],
  ["a script that does not parse", ["does_not_parse.py"]],
  ["a module that is not there", ["-m", "no_such_module_anywhere"]],
])("of %s the terminal shows what Python itself says, with Python's exit code", async (_, program) => {
  file("not_python.py", new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3, 0xff, 0xfe]));
  file("does_not_parse.py", "x = 1\nif x\n    print(x)\n");
  const { code, stdout, stderr } = await runCli([...headless, ...program], { cwd: folder });
  const plain = await runProcess(python, program, { cwd: folder });
  expect({ code, stdout, stderr }).toEqual(plain);
  expect(code).toBe(1);
});

test("a probe that cannot be placed is told at once, and the exit code is the program's", async () => {
  const probes = ["--probe=add_up.py:8:sum", "--probe=add_up.py:99:total", "--probe=add_up.py:8:total"];
  const { code, stdout, stderr } = await runCli([...headless, ...probes, "exit_with_code.py", "3"]);
  expectGolden("usage/failed_probes", withoutFolders(`${stdout}${stderr}exit code ${code}\n`));
});

test.each([
  ["help", ["--help"]],
  ["help_run", ["run", "--help"]],
  ["help_open", ["open", "--help"]],
  ["help_doctor", ["doctor", "--help"]],
  ["unknown_command", ["walk"]],
  ["unknown_option", ["run", "--probes", "x", "a.py"]],
  ["bad_probe", ["run", "--probe", "a.py", "a.py"]],
  ["code_as_an_argument", ["run", "-c", "print(1)"]],
  ["no_script", ["run"]],
  ["bad_condition", [...headless, "--when=abs(total) > limit(3) and i", "--probe=add_up.py:8:total", "add_up.py"]],
])("%s", async (name, args) => {
  const { code, stdout, stderr } = await runCli(args);
  expectGolden(`usage/${name}`, `${stdout}${stderr}exit code ${code}\n`);
});

test("--version says the version alone", async () => {
  const { stdout, code } = await runCli(["--version"]);
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(code).toBe(0);
});
