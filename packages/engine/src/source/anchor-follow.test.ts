import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Line1 } from "@pyprobe/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { findAgentFolder } from "../agent/agent-command.ts";
import type { SourceOwner } from "./source-owner.ts";
import { Sources } from "./sources.ts";
import { AgentSymbolReader } from "./symbol-reader.ts";

const before = `def f(a):
    x = a
    x = x + 1
    x = x + 1
    return x
`;

let folder: string;
let file: string;
let owner: SourceOwner;
let sources: Sources;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "follow-"));
  file = join(folder, "app.py");
  owner = {
    interpreter: await findPython(),
    info: { cwd: folder, mainFile: file },
    tracedFiles: new Set(),
    prepared: Promise.resolve(),
    storedSources: undefined,
  };
  sources = new Sources(new AgentSymbolReader(findAgentFolder()));
});

afterAll(async () => {
  sources.dispose();
  await rm(folder, { recursive: true });
});

test.each([
  ["nothing changed", before, 4, 4],
  ["lines were put before it", `# a\n# b\n${before}`, 4, 6],
  ["another statement went before it", before.replace("x = a\n", "x = a\n    y = 2\n"), 3, 4],
  ["its own line was edited", before.replace("x = a", "x = a * 2"), 2, 2],
  ["it moved down within its function", before.replace("    x = a\n", "    b = a\n    x = b\n"), 2, 3],
  ["a twin before it went away", before.replace("    x = x + 1\n", ""), 4, 3],
  ["its function is gone", "def g(a):\n    x = a\n", 2, undefined],
  ["its name is gone", "def f(a):\n    return a\n", 2, undefined],
  ["the file does not parse now: it waits where it was", "def f(:\n", 3, 3],
])("%s", async (_what, after, line, movedTo) => {
  await writeFile(file, before);
  const anchor = await sources.resolve(owner, { file, line: line as Line1, symbol: "x" });
  await writeFile(file, after);
  expect((await sources.follow(owner, anchor))?.line).toBe(movedTo);
});
