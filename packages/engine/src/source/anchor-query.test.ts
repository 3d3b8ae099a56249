import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type AnchorQuery, CallError, type Column0, type Interpreter, type Line1 } from "@pyprobe/protocol";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findPython, repository } from "../../test/pythons.ts";
import { findAgentFolder } from "../agent/agent-command.ts";
import { lastName } from "./anchor-query.ts";
import type { SourceOwner } from "./source-owner.ts";
import { Sources } from "./sources.ts";
import { AgentSymbolReader } from "./symbol-reader.ts";

const text = `import math

def gain(level, taps):
    x = x_before = level
    x = x + 1; y = x
    self.level = self.level * x
    taps[0] = taps[1] + x
    self.taps[i].gain = x
    # a comment

    return math.sqrt(x)
for x in range(3): print(x)
äö = "𝄞"; x = äö
`;

let folder: string;
let file: string;
let owner: SourceOwner;
let sources: Sources;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "query-"));
  file = join(folder, "app.py");
  await writeFile(file, text);
  const interpreter: Interpreter = await findPython();
  owner = {
    interpreter,
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

function query(line: number, symbol: string, column?: number): AnchorQuery {
  return { file, line: line as Line1, symbol, ...(column !== undefined && { column: column as Column0 }) };
}

async function refusalOf(asked: AnchorQuery): Promise<string> {
  const error = await sources.resolve(owner, asked).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof CallError)) throw new Error(`nothing was refused for ${JSON.stringify(asked)}`);
  return `${error.code}: ${error.message.replaceAll(folder, "")}`;
}

describe("a query resolves to", () => {
  test.each([
    // line, symbol, column → column, symbol, context
    [3, "level", undefined, 9, "level", "parameter"],
    [4, "x", undefined, 4, "x", "store"],
    [4, "level", undefined, 19, "level", "load"],
    [5, "x", undefined, 4, "x", "store"],
    [5, "x", 8, 8, "x", "load"],
    [5, "x", 19, 19, "x", "load"],
    [6, "level", undefined, 4, "self.level", "store"],
    [6, "self.level", undefined, 4, "self.level", "store"],
    [7, "taps[0]", undefined, 4, "taps[0]", "store"],
    [7, "taps[ 0 ]", undefined, 4, "taps[0]", "store"],
    [8, "gain", undefined, 4, "self.taps[i].gain", "store"],
    [12, "x", undefined, 4, "x", "store"],
    [13, "x", undefined, 11, "x", "store"],
    [13, "äö", 15, 15, "äö", "load"],
  ] as const)(
    "line %i, %s, column %s: column %i, %s, %s",
    async (line, symbol, column, atColumn, atSymbol, context) => {
      const anchor = await sources.resolve(owner, query(line, symbol, column));
      expect(anchor).toMatchObject({ file, line, column: atColumn, symbol: atSymbol, context });
    },
  );

  test("the function is the one around it", async () => {
    expect((await sources.resolve(owner, query(5, "x"))).function).toBe("gain");
    expect((await sources.resolve(owner, query(12, "x"))).function).toBe("");
  });

  test("a relative file is one of the folder that the program runs in", async () => {
    expect((await sources.resolve(owner, { ...query(12, "x"), file: "app.py" })).file).toBe(file);
  });
});

describe("a query that cannot be resolved says what is there", () => {
  test.each([
    [
      5,
      "z",
      undefined,
      'no_such_name: Cannot place probe on "z" at /app.py:5: the line has no such name (it has "x", "y")',
    ],
    [
      13,
      "level",
      undefined,
      'no_such_name: Cannot place probe on "level" at /app.py:13: the line has no such name (it has "äö", "x"; "level" stands on lines 3, 4, 6)',
    ],
    [
      10,
      "y",
      undefined,
      'no_such_name: Cannot place probe on "y" at /app.py:10: the line has no code (next line with names is 11; "y" stands on line 5)',
    ],
    [
      9,
      "zz",
      undefined,
      'no_such_name: Cannot place probe on "zz" at /app.py:9: the line has no code (next line with names is 11)',
    ],
    [99, "x", undefined, 'no_such_name: Cannot place probe on "x" at /app.py:99: the file has 13 lines'],
    [
      5,
      "x",
      6,
      'no_such_name: Cannot place probe on "x" at /app.py:5:7: it does not stand at that column (it does at 5, 9, 20)',
    ],
  ])("line %i, %s, column %s", async (line, symbol, column, message) => {
    expect(await refusalOf(query(line, symbol, column))).toBe(message);
  });

  test("a name that is no value", async () => {
    expect(await refusalOf(query(11, "math"))).toMatch(
      /^not_probeable: Cannot place probe on "math" at \/app.py:11: math is a/,
    );
  });

  test("a file that does not parse, is not there, or is not Python", async () => {
    const broken = join(folder, "broken.py");
    await writeFile(broken, "x = 1\ndef f(:\n");
    expect(await refusalOf({ ...query(1, "x"), file: broken })).toMatch(
      /^does_not_parse: Cannot place probe on "x" at \/broken.py:1: the file does not parse \(line 2: /,
    );
    expect(await refusalOf({ ...query(1, "x"), file: "gone.py" })).toBe(
      "no_such_file: Cannot open /gone.py: there is no such file",
    );
    const binary = join(folder, "binary.py");
    await writeFile(binary, Uint8Array.of(0x7f, 0x45, 0, 0));
    expect(await refusalOf({ ...query(1, "x"), file: binary })).toMatch(/^not_python: /);
  });
});

test.each([
  ["x", "x"],
  ["self.gain", "gain"],
  ["taps[0]", "taps"],
  ["self.taps[i].gain", "gain"],
  ["self.taps[f[0]][1]", "taps"],
])("the last name of %s is %s", (symbol, name) => {
  expect(lastName(symbol)).toBe(name);
});

test("source files of the examples open with every symbol", async () => {
  const demo = join(repository, "examples", "qpsk_receiver.py");
  const { symbols } = await sources.open({ ...owner, info: { cwd: folder, mainFile: demo } }, demo);
  expect(symbols.error).toBeUndefined();
  expect(symbols.symbols.length).toBeGreaterThan(50);
});
