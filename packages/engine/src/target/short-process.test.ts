import { writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { isWindows, skipWhen } from "../../test/skip.ts";
import { openOutputPipes } from "./output-pipe.ts";
import { runShortly } from "./short-process.ts";

test("gives what was answered, to the input that was given", async () => {
  const { path } = await findPython();
  const source = "import sys; print(sys.stdin.read() * 3, end='')";
  expect(await runShortly(path, ["-c", source], { input: "né" })).toBe("nénéné");
});

test("rejects with the last line that was said about the failure, or with how it ended", async () => {
  const { path } = await findPython();
  await expect(runShortly(path, ["-c", "raise ValueError('no')"])).rejects.toThrow("ValueError: no");
  await expect(runShortly(path, ["-c", "raise SystemExit(3)"])).rejects.toThrow("it ended with exit code 3");
  await expect(runShortly(path, ["-c", "input()"], { timeoutMs: 60_000, input: "one" })).resolves.toBe("");
  await expect(runShortly(join(path, "nothing"), [])).rejects.toThrow(/ENOTDIR|ENOENT/);
});

test("ends what does not answer in time", async () => {
  const { path } = await findPython();
  const source = "import threading; threading.Event().wait()";
  await expect(runShortly(path, ["-c", source], { timeoutMs: 200 })).rejects.toThrow("it ended with SIGKILL");
});

test("is in no group that a terminal's Ctrl-C goes to", async (context) => {
  skipWhen(context, isWindows, "Windows has no process groups in this sense");
  const { path } = await findPython();
  const group = await runShortly(path, ["-c", "import os; print(os.getpgrp() == os.getpid(), end='')"]);
  expect(group).toBe("True");
});

test("a program's output has its pipes where nothing can be written to the temporary folder", async (context) => {
  skipWhen(context, isWindows, "Windows has no such pipes");
  const folder = await mkdtemp(join(tmpdir(), "pyprobe-test-"));
  const { TMPDIR } = process.env;
  onTestFinished(async () => {
    if (TMPDIR === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = TMPDIR;
    await rm(folder, { recursive: true });
  });
  const file = join(folder, "no-folder");
  writeFileSync(file, "");
  process.env.TMPDIR = file;
  const pipes = await openOutputPipes();
  expect(pipes).toBeDefined();
  for (const { readable, release } of [pipes?.stdout, pipes?.stderr].filter((pipe) => pipe !== undefined)) {
    release();
    readable.destroy();
  }
});
