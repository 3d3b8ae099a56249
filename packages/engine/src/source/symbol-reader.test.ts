import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interpreter } from "@pyprobe/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { findAgentFolder } from "../agent/agent-command.ts";
import { AgentSymbolReader } from "./symbol-reader.ts";

describe.skipIf(process.platform === "win32")("many files at once", () => {
  /** A Python that notes each start, and does `first` before. */
  async function prepare(first = ""): Promise<{ folder: string; python: Interpreter; starts: () => Promise<number> }> {
    const folder = await mkdtemp(join(tmpdir(), "symbols-"));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const python = await findPython();
    const [path, log] = [join(folder, "python"), join(folder, "log")];
    await writeFile(path, `#!/bin/sh\necho >> "${log}"\n${first}\nexec "${python.path}" "$@"\n`, { mode: 0o755 });
    return { folder, python: { ...python, path }, starts: async () => (await readFile(log, "utf8")).length };
  }

  async function writeParts(folder: string, count: number): Promise<string[]> {
    const files = Array.from({ length: count }, (_, i) => join(folder, `part${i}.py`));
    for (const [i, file] of files.entries()) await writeFile(file, `name${i} = ${i}\n`);
    return files;
  }

  test("each answer is that of its file, and few processes give them", async () => {
    const { folder, python, starts } = await prepare();
    const files = await writeParts(folder, 40);
    const reader = new AgentSymbolReader(findAgentFolder());
    const found = await Promise.all(files.map((file) => reader.read(python, file)));
    expect(found.map(({ symbols }) => symbols.map(({ symbol }) => symbol))).toEqual(files.map((_, i) => [`name${i}`]));
    expect(await starts()).toBe(3);
  });

  test("a file that cannot be read is refused, and the others are not", async () => {
    const { folder, python } = await prepare();
    const files = await writeParts(folder, 6);
    await rm(join(folder, "part4.py"));
    const reader = new AgentSymbolReader(findAgentFolder());
    const found = await Promise.allSettled(files.map((file) => reader.read(python, file)));
    expect(found.map(({ status }) => status)).toEqual([...Array(4).fill("fulfilled"), "rejected", "fulfilled"]);
    expect(String((found[4] as PromiseRejectedResult).reason)).toContain("Cannot find the names in");
  });

  test("files that no process can read together are read alone", async () => {
    const { folder, python, starts } = await prepare('case "$*" in *--all*) exit 3;; esac');
    const files = await writeParts(folder, 5);
    const reader = new AgentSymbolReader(findAgentFolder());
    const found = await Promise.all(files.map((file) => reader.read(python, file)));
    expect(found.map(({ symbols }) => symbols.length)).toEqual([1, 1, 1, 1, 1]);
    expect(await starts()).toBe(6);
  });
});
