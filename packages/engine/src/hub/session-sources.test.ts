import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interpreter, SourceSymbols } from "@pyprobe/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { SourceOwner } from "../source/source-owner.ts";
import { hashSource } from "../source/source-text.ts";
import { Sources } from "../source/sources.ts";
import { SessionSources } from "./session-sources.ts";

const text = "x = 1\n";
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "prepared-"));
  await writeFile(join(folder, "app.py"), text);
});
afterAll(() => rm(folder, { recursive: true }));

const python: Interpreter = { path: "/usr/bin/python3", version: "3.13.0", origin: "test", hasNumpy: false };

function ownerOf(mainFile: string | null): SourceOwner {
  return {
    interpreter: python,
    info: { cwd: folder, mainFile },
    tracedFiles: new Set(),
    prepared: Promise.resolve(),
    storedSources: undefined,
  };
}

test("the names of a prepared program are there when they are asked for, found once", async () => {
  const read: string[] = [];
  const reader = {
    read: async (_interpreter: Interpreter, file: string): Promise<SourceSymbols> => {
      read.push(file);
      return { file, hash: hashSource(text), symbols: [], scopes: [] };
    },
  };
  const texts = new Sources(reader);
  const sources = new SessionSources(texts);
  const file = join(folder, "app.py");
  await sources.prepare(ownerOf(file));
  expect(read).toEqual([file]);
  expect((await texts.open(ownerOf(file), file)).text).toBe(text);
  expect(read).toEqual([file]);
  texts.dispose();
});

test("a program without a file, or with one that is gone, is nobody's trouble", async () => {
  const texts = new Sources({ read: () => Promise.reject(new Error("not asked")) });
  const sources = new SessionSources(texts);
  await sources.prepare(ownerOf(null));
  await sources.prepare(ownerOf(join(folder, "gone.py")));
  texts.dispose();
});
