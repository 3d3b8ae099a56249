/** What cannot be done: one sentence on stderr that says what, why and what to do instead, exit code 2, and nothing was begun. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runCli, targetsFolder } from "../harness/cli.ts";
import { expectGolden } from "../harness/golden.ts";
import { anyPython } from "../harness/pythons.ts";
import { skipWhen } from "../harness/skip.ts";
import { withoutFolders } from "../harness/transcript.ts";

const { path: python } = anyPython();
const folder = mkdtempSync(join(tmpdir(), "pyprobe-e2e-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const addUp = join(targetsFolder, "add_up.py");
const headless = ["run", "--headless", "--python", python];
const record = (path: string) => [...headless, "--record", path, "--probe", `${addUp}:8:total`, addUp];

beforeAll(async () => {
  const at = (name: string) => join(folder, name);
  mkdirSync(at("a_folder"));
  symlinkSync("nowhere", at("dangling"));
  writeFileSync(at("speaks_otherwise"), "#!/bin/sh\necho Python 3.8.18\n", { mode: 0o755 });
  writeFileSync(at("notes.txt"), "nothing\n");
  const { code } = await runCli(record("good.pyprobe"), { cwd: folder });
  expect(code).toBe(0);
  writeFileSync(at("empty.pyprobe"), "");
  writeFileSync(
    at("noise.pyprobe"),
    Uint8Array.from({ length: 9_999 }, (_, i) => (i * 167) % 251),
  );
  using foreign = new DatabaseSync(at("foreign.pyprobe"));
  foreign.exec("CREATE TABLE songs (title)");
  copyFileSync(at("good.pyprobe"), at("newer.pyprobe"));
  using newer = new DatabaseSync(at("newer.pyprobe"));
  newer.exec("PRAGMA user_version = 99");
  copyFileSync(at("good.pyprobe"), at("half.pyprobe"));
  truncateSync(at("half.pyprobe"), 8192);
});

test.each([
  ["no_such_script", [...headless, "nowhere.py"]],
  ["script_is_a_folder", [...headless, "a_folder"]],
  ["no_such_interpreter", ["run", "--headless", "--python", "/nowhere/python", addUp]],
  ["interpreter_that_is_gone", ["run", "--headless", "--python", "./dangling", addUp]],
  ["interpreter_is_not_python", ["run", "--headless", "--python", "/bin/cat", addUp]],
  ["interpreter_speaks_otherwise", ["run", "--headless", "--python", "./speaks_otherwise", addUp]],
  ["interpreter_is_a_folder", ["run", "--headless", "--python", "/tmp", addUp]],
  ["interpreter_is_no_program", ["run", "--headless", "--python", "./notes.txt", addUp]],
  ["recording_is_there_already", record("good.pyprobe")],
  ["recording_into_no_folder", record("nowhere/new.pyprobe")],
  ["recording_below_a_file", record("notes.txt/new.pyprobe")],
  ["recording_with_too_long_a_name", record(`${"n".repeat(300)}.pyprobe`)],
  ["open_nothing", ["open", "--no-open", "nowhere.pyprobe"]],
  ["open_a_folder", ["open", "--no-open", "a_folder"]],
  ["open_an_empty_file", ["open", "--no-open", "empty.pyprobe"]],
  ["open_noise", ["open", "--no-open", "noise.pyprobe"]],
  ["open_another_database", ["open", "--no-open", "foreign.pyprobe"]],
  ["open_what_a_later_version_wrote", ["open", "--no-open", "newer.pyprobe"]],
  ["open_half_a_recording", ["open", "--no-open", "half.pyprobe"]],
])("%s", async (name, args) => {
  const { code, stdout, stderr } = await runCli(args, { cwd: folder });
  expectGolden(`refusals/${name}`, withoutFolders(`${stdout}${stderr}exit code ${code}\n`));
  expect([code, stderr]).toEqual([2, expect.stringMatching(/^Cannot [^\n]+\n$/)]);
});

const oldPython = join(homedir(), ".pyenv", "versions", "3.8.18", "bin", "python");
test("interpreter_too_old", async (context) => {
  skipWhen(context, !existsSync(oldPython), "there is no Python 3.8 to refuse");
  const { code, stdout, stderr } = await runCli(["run", "--headless", "--python", oldPython, addUp]);
  expectGolden("refusals/interpreter_too_old", withoutFolders(`${stdout}${stderr}exit code ${code}\n`));
});

test("the administrator's ports are the administrator's", async (context) => {
  skipWhen(context, process.getuid?.() === 0, "the administrator may listen on every port");
  const { code, stderr } = await runCli(["run", "--no-open", "--port", "1", "--python", python, addUp]);
  expect(stderr).toBe(
    "Cannot listen on port 1: ports below 1024 are the administrator's (choose another with --port, or 0 for any)\n",
  );
  expect(code).toBe(2);
});
