import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { isWindows, skipAllWhen } from "../../test/skip.ts";
import { findCandidates } from "./interpreter-candidates.ts";
import { InterpreterChecks } from "./interpreter-check.ts";
import { Interpreters } from "./interpreters.ts";

let root: string;
let home: string;
let project: string;
let script: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "pythons-"));
  home = join(root, "home");
  project = join(root, "code", "radio");
  script = join(project, "app.py");
  await mkdir(project, { recursive: true });
  await mkdir(home);
  await writeFile(script, "x = 1\n");
});

afterEach(() => rm(root, { recursive: true }));

/** A program that answers as a Python of this version would. */
async function fakePython(path: string, version = "3.12.1", implementation = "cpython"): Promise<string> {
  const answer = JSON.stringify({ version, implementation, hasNumpy: false, library: "" });
  return program(path, `echo 'pyprobe-check:${answer}'`);
}

async function program(path: string, body: string): Promise<string> {
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

async function environment(folder: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "pyvenv.cfg"), "home = /usr/bin\n");
  return fakePython(join(folder, "bin", "python"));
}

const find = (env: Record<string, string>, python?: string) =>
  findCandidates({ near: script, env, home, platform: "linux", python }).map(({ path, origin }) => [
    path.slice(root.length + 1),
    origin.replace(root, ""),
  ]);

describe("findCandidates", () => {
  skipAllWhen(isWindows, "the stand-ins for interpreters are shell scripts");
  test("puts the named one first, then environments from near to far, pyenv, and the PATH", async () => {
    await environment(join(root, "active"));
    await environment(join(project, ".venv"));
    await environment(join(root, "code", "venv"));
    await fakePython(join(root, "conda", "bin", "python"));
    await fakePython(join(home, ".pyenv", "versions", "3.9.2", "bin", "python"));
    await fakePython(join(home, ".pyenv", "versions", "3.11.10", "bin", "python"));
    await fakePython(join(home, ".pyenv", "versions", "3.11.9", "bin", "python"));
    await writeFile(join(root, "code", ".python-version"), "3.11\n");
    await fakePython(join(home, ".pyenv", "shims", "python3"));
    await fakePython(join(root, "usr", "bin", "python3"));
    await fakePython(join(root, "mine", "python3.14"));
    const env = {
      VIRTUAL_ENV: join(root, "active"),
      CONDA_PREFIX: join(root, "conda"),
      PATH: [join(home, ".pyenv", "shims"), join(root, "usr", "bin"), join(root, "mine")].join(":"),
    };
    expect(find(env, "python3.14")).toEqual([
      ["mine/python3.14", "--python"],
      ["active/bin/python", "active virtual environment"],
      ["code/radio/.venv/bin/python", ".venv beside the script"],
      ["code/venv/bin/python", "venv in /code"],
      ["conda/bin/python", "active conda environment"],
      ["home/.pyenv/versions/3.11.10/bin/python", "pyenv, by /code/.python-version"],
      ["usr/bin/python3", "on the PATH"],
      ["home/.pyenv/versions/3.11.9/bin/python", "pyenv 3.11.9"],
      ["home/.pyenv/versions/3.9.2/bin/python", "pyenv 3.9.2"],
    ]);
  });

  test("takes the folder of an environment, a command of pyenv, and what does not exist, as a name", async () => {
    await environment(join(root, "there"));
    await fakePython(join(home, ".pyenv", "versions", "3.12.4", "bin", "python"));
    expect(find({ PATH: "" }, join(root, "there"))[0]).toEqual(["there/bin/python", "--python"]);
    expect(find({ PATH: "" }, "python3.12")[0]).toEqual(["home/.pyenv/versions/3.12.4/bin/python", "--python"]);
    expect(find({ PATH: "" }, join(root, "gone"))[0]).toEqual(["gone", "--python"]);
  });

  test("lists a linked interpreter once, but an environment of it for itself", async () => {
    const base = await fakePython(join(root, "usr", "bin", "python3.12"));
    await symlink(base, join(root, "usr", "bin", "python3"));
    await symlink(base, join(root, "usr", "bin", "python"));
    await mkdir(join(project, ".venv", "bin"), { recursive: true });
    await writeFile(join(project, ".venv", "pyvenv.cfg"), "");
    await symlink(base, join(project, ".venv", "bin", "python"));
    expect(find({ PATH: join(root, "usr", "bin") })).toEqual([
      ["code/radio/.venv/bin/python", ".venv beside the script"],
      ["usr/bin/python3", "on the PATH"],
    ]);
  });

  test("ignores a .python-version that names no version, or a way out of the folder", async () => {
    await fakePython(join(home, ".pyenv", "versions", "3.12.4", "bin", "python"));
    await writeFile(join(project, ".python-version"), "system\n../../x\n9.9\n");
    expect(find({ PATH: "" })).toEqual([["home/.pyenv/versions/3.12.4/bin/python", "pyenv 3.12.4"]]);
  });
});

describe("InterpreterChecks", () => {
  skipAllWhen(isWindows, "the stand-ins for interpreters are shell scripts");
  const origin = "--python";
  const problemOf = async (path: string) =>
    (await new InterpreterChecks({ timeoutMs: 300 }).check({ path, origin })).problem;

  test("knows a real Python", async () => {
    const python = await findPython();
    expect(python.version).toMatch(/^3\.\d+\.\d+$/);
    expect(python.problem).toBeUndefined();
  });

  test.each([
    ["3.8.18", "it is Python 3.8.18 (PyProbe needs 3.9 or later; choose one with --python)"],
    ["2.7.18", "it is Python 2.7.18 (PyProbe needs 3.9 or later; choose one with --python)"],
  ])("has a problem with %s", async (version, problem) => {
    const path = await fakePython(join(root, "old"), version);
    expect(await problemOf(path)).toBe(`Cannot use ${path}: ${problem}`);
  });

  test("has a problem with what is not CPython, not Python, not there, not a program, or hangs", async () => {
    const pypy = await fakePython(join(root, "pypy"), "3.10.12", "pypy");
    expect(await problemOf(pypy)).toBe(`Cannot use ${pypy}: it is pypy (PyProbe needs CPython 3.9 or later)`);
    const ls = await program(join(root, "ls"), "echo hello");
    expect(await problemOf(ls)).toBe(`Cannot use ${ls}: it is not Python (choose another with --python)`);
    const liar = await program(join(root, "liar"), "echo pyprobe-check:42");
    expect(await problemOf(liar)).toBe(`Cannot use ${liar}: it is not Python (choose another with --python)`);
    const broken = await program(join(root, "broken"), "exit 1");
    expect(await problemOf(broken)).toBe(
      `Cannot use ${broken}: it could not run a line of Python (mend it, or choose another with --python)`,
    );
    const gone = join(root, "gone");
    expect(await problemOf(gone)).toBe(`Cannot use ${gone}: there is no such file (choose another with --python)`);
    const dangling = join(root, "dangling");
    await symlink(gone, dangling);
    expect(await problemOf(dangling)).toBe(
      `Cannot use ${dangling}: what it links to or starts is gone (make its environment again, or choose another with --python)`,
    );
    expect(await problemOf(project)).toBe(
      `Cannot use ${project}: it may not be executed (is it a folder, or not a program?)`,
    );
    const slow = await program(join(root, "slow"), "exec sleep 30");
    expect(await problemOf(slow)).toBe(
      `Cannot use ${slow}: it did not answer within 0.3 s (choose another with --python)`,
    );
  });

  test("what a wrapper started ends with it", async () => {
    const held = join(root, "held");
    execFileSync("mkfifo", [held]);
    const wrapper = await program(join(root, "wrapper"), `sleep 30 > ${held} & wait`);
    // Ends when nothing holds the other end any more.
    const released = readFile(held);
    expect(await problemOf(wrapper)).toBe(
      `Cannot use ${wrapper}: it did not answer within 0.3 s (choose another with --python)`,
    );
    await released;
  });

  test("a program that never stops talking is no Python", async () => {
    const talker = await program(join(root, "talker"), "exec yes");
    const problem = (await new InterpreterChecks().check({ path: talker, origin })).problem;
    expect(problem).toBe(`Cannot use ${talker}: it is not Python (choose another with --python)`);
  });

  test("asks again when the interpreter was replaced, and only then", async () => {
    const checks = new InterpreterChecks();
    const path = join(root, "python");
    await program(
      path,
      `echo x >> ${root}/asked; echo 'pyprobe-check:{"version":"3.9.1","implementation":"cpython","hasNumpy":false,"library":""}'`,
    );
    await checks.check({ path, origin });
    await checks.check({ path, origin });
    const { utimes } = await import("node:fs/promises");
    expect(await readFile(`${root}/asked`, "utf8")).toBe("x\n");
    await utimes(path, new Date(), new Date(Date.now() + 5000));
    await checks.check({ path, origin });
    expect(await readFile(`${root}/asked`, "utf8")).toBe("x\nx\n");
  });
});

describe("Interpreters", () => {
  skipAllWhen(isWindows, "the stand-ins for interpreters are shell scripts");
  test("chooses the first that can be used, and lists the others with their problems", async () => {
    const old = await fakePython(join(project, ".venv", "bin", "python"), "3.8.1");
    const good = await fakePython(join(root, "usr", "bin", "python3"), "3.13.2");
    const interpreters = new Interpreters({ env: { PATH: join(root, "usr", "bin") }, home, platform: "linux" });
    expect((await interpreters.choose({ python: undefined, near: script })).path).toBe(good);
    const list = await interpreters.list({ near: script });
    expect(list.map(({ path, version, problem }) => [path, version, problem !== undefined])).toEqual([
      [old, "3.8.1", true],
      [good, "3.13.2", false],
    ]);
  });

  test("does not take another one than the user named", async () => {
    await fakePython(join(root, "usr", "bin", "python3"));
    const interpreters = new Interpreters({ env: { PATH: join(root, "usr", "bin") }, home, platform: "linux" });
    const choice = interpreters.choose({ python: join(root, "gone"), near: script });
    await expect(choice).rejects.toMatchObject({
      code: "no_interpreter",
      message: expect.stringMatching(/no such file/),
    });
  });

  test("what cannot be looked at is a problem of its own, not of the engine", async () => {
    const python = join(root, "x".repeat(300));
    await expect(new Interpreters().choose({ python, near: root })).rejects.toMatchObject({
      code: "no_interpreter",
      message: expect.stringMatching(/^Cannot use .*x: /),
    });
  });

  test("says what to do where there is none", async () => {
    const interpreters = new Interpreters({ env: { PATH: "" }, home, platform: "linux" });
    await expect(interpreters.choose({ python: undefined, near: script })).rejects.toThrow(
      "Cannot find a Python: none is installed here (install CPython 3.9 or later, or name one with --python)",
    );
  });
});
