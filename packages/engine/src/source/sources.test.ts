import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Interpreter, Line1, SourceSymbols } from "@pyprobe/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findPython } from "../../test/pythons.ts";
import { findAgentFolder } from "../agent/agent-command.ts";
import type { SourceOwner } from "./source-owner.ts";
import { decodeSource } from "./source-text.ts";
import { Sources, type SymbolReader } from "./sources.ts";
import { AgentSymbolReader } from "./symbol-reader.ts";

/** The real reader, which counts how often it is asked. */
class CountingReader implements SymbolReader {
  count = 0;
  readonly #reader = new AgentSymbolReader(findAgentFolder());

  read(interpreter: Interpreter, file: string): Promise<SourceSymbols> {
    this.count += 1;
    return this.#reader.read(interpreter, file);
  }
}

let folder: string;
let main: string;
let reader: CountingReader;
let sources: Sources;
let owner: SourceOwner;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sources-"));
  main = join(folder, "app", "main.py");
  await mkdir(join(folder, "app", "part"), { recursive: true });
  await writeFile(main, "x = 1\n");
  reader = new CountingReader();
  sources = new Sources(reader);
  const info = { cwd: folder, mainFile: main };
  owner = {
    interpreter: await findPython(),
    info,
    tracedFiles: new Set(),
    prepared: Promise.resolve(),
    storedSources: undefined,
  };
});

afterEach(async () => {
  sources.dispose();
  await rm(folder, { recursive: true });
});

const refusalOf = (file: string, of = owner) =>
  sources.open(of, file).then(
    () => "",
    (error: Error) => error.message.replaceAll(folder, ""),
  );

describe("open", () => {
  test("gives text and names, and asks the interpreter once for each text", async () => {
    const [first, second] = await Promise.all([sources.open(owner, main), sources.open(owner, "app/main.py")]);
    expect(first).toEqual(second);
    expect(first).toMatchObject({
      text: "x = 1\n",
      symbols: { file: main, symbols: [{ symbol: "x", context: "store" }] },
    });
    expect(reader.count).toBe(1);
    await writeFile(main, "x = 1\ny = 2\n");
    expect((await sources.open(owner, main)).symbols.symbols.map(({ symbol }) => symbol)).toEqual(["x", "y"]);
    await writeFile(main, "x = 1\n");
    await sources.open(owner, main);
    expect(reader.count).toBe(2);
  });

  test("gives a file that does not parse with its error", async () => {
    await writeFile(main, "x = 1\nif x\n");
    expect((await sources.open(owner, main)).symbols).toMatchObject({ symbols: [], error: { line: 2 } });
  });

  test("serves the program's sources only", async () => {
    const secret = join(folder, "secret.py");
    await writeFile(secret, "password = 1\n");
    await writeFile(join(folder, "app", "notes.txt"), "hello");
    const refused = "it is not one of the program's Python sources";
    expect(await refusalOf(secret)).toBe(`Cannot open /secret.py: ${refused}`);
    expect(await refusalOf(join(folder, "app", "..", "secret.py"))).toBe(`Cannot open /secret.py: ${refused}`);
    expect(await refusalOf(join(folder, "app", "notes.txt"))).toBe(`Cannot open /app/notes.txt: ${refused}`);
    expect(await refusalOf("/etc/passwd")).toBe(`Cannot open /etc/passwd: ${refused}`);
    expect(await refusalOf(secret, { ...owner, tracedFiles: new Set([secret]) })).toBe("");
    expect(await refusalOf(join(folder, "app", "gone.py"))).toBe("Cannot open /app/gone.py: there is no such file");
  });

  test("without an interpreter gives the text without its names", async () => {
    const without = { ...owner, interpreter: null };
    expect(await sources.open(without, main)).toMatchObject({ text: "x = 1\n", symbols: { symbols: [] } });
    const query = { file: main, line: 1 as Line1, symbol: "x" };
    await expect(sources.resolve(without, query)).rejects.toMatchObject({ code: "no_interpreter" });
  });

  test("gives what a recording holds, and nothing else", async () => {
    const symbols = { file: "/far/away.py", hash: "", symbols: [], scopes: [] };
    const recorded = { ...owner, storedSources: new Map([["/far/away.py", { text: "kept", symbols }]]) };
    expect((await sources.open(recorded, "/far/away.py")).text).toBe("kept");
    expect(await refusalOf(main, recorded)).toMatch(/not one of the program's/);
    expect(await sources.list(recorded)).toEqual(["/far/away.py"]);
  });
});

describe("list", () => {
  test("has the main file first, then its folder's, without packages and environments", async () => {
    const app = join(folder, "app");
    for (const path of ["b.py", "a.py", "part/c.py", "part/data.csv", ".hidden.py"])
      await writeFile(join(app, path), "");
    for (const path of ["__pycache__", "env/lib", "node_modules/x"]) await mkdir(join(app, path), { recursive: true });
    await writeFile(join(app, "env", "pyvenv.cfg"), "");
    for (const path of ["__pycache__/d.py", "env/lib/e.py", "node_modules/x/f.py"])
      await writeFile(join(app, path), "");
    const library = join(folder, "library.py");
    await writeFile(library, "");
    const traced = { ...owner, tracedFiles: new Set([library, "/gone.py", "<string>"]) };
    const names = (await sources.list(traced)).map((file) => file.slice(folder.length + 1));
    expect(names).toEqual(["app/main.py", "app/a.py", "app/b.py", "app/part/c.py", "library.py"]);
  });

  test("does not go round in circles", async () => {
    await symlink(join(folder, "app"), join(folder, "app", "loop"));
    expect(await sources.list(owner)).toEqual([main]);
  });
});

test.each([
  ["plain UTF-8", Buffer.from("x = 'ä'\n"), "x = 'ä'\n"],
  ["a byte order mark", Buffer.from("\ufeffx = 1\n"), "x = 1\n"],
  ["a cookie", Buffer.from("# -*- coding: latin-1 -*-\nx = 'ä'\n", "latin1"), "# -*- coding: latin-1 -*-\nx = 'ä'\n"],
  [
    "a cookie on line 2",
    Buffer.from("#!python\n# coding=cp1252\nx = 'ä'\n", "latin1"),
    "#!python\n# coding=cp1252\nx = 'ä'\n",
  ],
  [
    "a cookie that is too late",
    Buffer.from("x = 1\n# coding: latin-1\ny = 'ä'\n"),
    "x = 1\n# coding: latin-1\ny = 'ä'\n",
  ],
  ["bytes that are no UTF-8", Buffer.from("x = '\xe9'\n", "latin1"), "x = '\ufffd'\n"],
])("decodes %s as Python does", (_what, bytes, text) => {
  expect(decodeSource(bytes)).toBe(text);
});

test("columns are those of an editor, also behind wide characters and a cookie", async () => {
  await writeFile(main, Buffer.from("# coding: latin-1\nä = 1; x = ä\n", "latin1"));
  const { text, symbols } = await sources.open(owner, main);
  expect(symbols.symbols.map(({ symbol, column }) => [symbol, column])).toEqual([
    ["ä", 0],
    ["x", 7],
    ["ä", 11],
  ]);
  expect(text.split("\n")[1]?.slice(7, 8)).toBe("x");
});
