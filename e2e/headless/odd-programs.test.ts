/** Programs that go wrong, hold odd values or change the ground under us: what is captured, and that nothing else changes for them. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureValue } from "@pyprobe/protocol";
import { describe, expect, test } from "vitest";
import { type JsonResult, linesOf, runJson, targetsFolder } from "../harness/cli.ts";
import { pythonOfEachMechanism } from "../harness/pythons.ts";

describe.each(pythonOfEachMechanism())("Python $tag", ({ path }) => {
  /** Probes by what the line says: `name = value` of a target, and the symbol. */
  const run = (program: string, ...stores: readonly (readonly [line: string, symbol: string])[]) =>
    runJson([
      "--python",
      path,
      ...stores.map(([line, symbol]) => `--probe=${program}:${lineOf(program, line)}:${symbol}`),
      program,
    ]);

  test("equal values count, each of them, and an array is what it was at that instant", async () => {
    const result = await run(
      "equal_values.py",
      ["for bit in", "bit"],
      ["same = 5", "same"],
      ["buffer = array", "buffer"],
      ["buffer = buffer", "buffer"],
    );
    expect(valuesOf(result, "p1")).toEqual([0, 0, 1, 1, 0]);
    expect(valuesOf(result, "p2")).toEqual([5, 5, 5]);
    expect(valuesOf(result, "p3")).toEqual([[0, 0]]);
    expect(valuesOf(result, "p4")).toEqual([[7, 0]]);
    expect(seqsOf(result)).toEqual(Array.from({ length: 10 }, (_, i) => i + 1));
  });

  test("generators of one function are calls of their own, in the order in which they ran", async () => {
    const result = await run("generators.py", ["value = n", "value"]);
    expect(valuesOf(result, "p1")).toEqual([0, 0, 1, 1, 2, 3]);
    expect(tagsOf(result, "call")).toEqual([1, 2, 1, 2, 1, 1]);
    expect(tagsOf(result, "hit")).toEqual([1, 1, 2, 2, 3, 4]);
  });

  test("recursion is told by depth", async () => {
    const result = await run("recursion.py", ["def factorial(n)", "n"], ["result = n *", "result"]);
    expect(valuesOf(result, "p1")).toEqual([5, 4, 3, 2, 1, 0]);
    expect(valuesOf(result, "p2")).toEqual([1, 2, 6, 24, 120]);
    expect(tagsOf(result, "depth")).toEqual([0, 1, 2, 3, 4, 5, 4, 3, 2, 1, 0]);
  });

  test("threads are told apart, and each is in its own order", async () => {
    const result = await run("threads.py", ["for n in range(250)", "n"]);
    const byThread = Map.groupBy(linesOf(result.lines, "capture"), ({ tags }) => tags.thread);
    const each = [...byThread.values()].map((captures) => captures.map(({ value }) => plain(value)));
    expect(each).toEqual(Array(4).fill(Array.from({ length: 250 }, (_, i) => i)));
    expect(new Set(tagsOf(result, "call")).size).toBe(4);
  });

  test("tasks of asyncio are told apart", async () => {
    const result = await run("asyncio_tasks.py", ["for step in range(10)", "step"]);
    const tasks = tagsOf(result, "task");
    expect(new Set(tasks).size).toBe(3);
    expect(tasks).not.toContain(null);
    expect(valuesOf(result, "p1").filter((_, i) => tasks[i] === tasks[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  test("what a segmentation fault interrupts is there up to the fault", async () => {
    const result = await run("segfault.py", ["for step in range(100)", "step"]);
    expect(valuesOf(result, "p1")).toEqual(Array.from({ length: 100 }, (_, i) => i));
    expect(linesOf(result.lines, "end")).toMatchObject([{ exit_code: null, signal: "SIGSEGV", lost: { p1: 0 } }]);
    expect(result.code).toBe(139);
  });

  test("objects that trap every look at them are described without being touched", async () => {
    const result = await run("hostile_objects.py", ["thing = make()", "thing"]);
    expect(outputOf(result)).toBe("clean\n");
    expect(linesOf(result.lines, "capture").map(({ value }) => value.kind)).toEqual([
      "tree",
      "tree",
      "tree",
      "tree",
      "scalar",
      "tree",
      "tree",
      "tree",
    ]);
  });

  test("values without an end become bounded previews", async () => {
    const result = await run("endless_structures.py", ["for value in (", "value"]);
    expect(linesOf(result.lines, "end")).toMatchObject([{ captures: { p1: 22 }, skipped: { p1: {} } }]);
    for (const line of result.stdout.split("\n")) expect(line.length).toBeLessThan(60_000);
    const [, , , list] = linesOf(result.lines, "capture");
    expect(list?.value).toMatchObject({ kind: "array", shape: [1_000_000] });
  });

  test("arrays of every kind that numpy has", async () => {
    const result = await run("odd_arrays.py", ["for value in values", "value"]);
    expect(outputOf(result)).toBe("31\n");
    expect(linesOf(result.lines, "end")).toMatchObject([
      { captures: { p1: 31 }, skipped: { p1: {} }, lost: { p1: 0 } },
    ]);
    const captures = linesOf(result.lines, "capture").map(({ value }) => value);
    const types = captures.map((value) => (value.kind === "array" ? value.dtype : value.kind));
    expect(types).toEqual(oddArrayTypes);
    expect(captures[4]).toMatchObject({ shape: [2, 2], head: [0, 3, 12, 15] });
    expect(captures[17]).toMatchObject({ head: [1, "nan", "inf", "-inf"], stats: { min: 1, max: 1, nan: 1 } });
  });

  test("numpy's scalars are scalars, by their own names", async () => {
    const result = await run("numpy_scalars.py", ["value = getattr", "value"]);
    const names = readFileSync(join(targetsFolder, "numpy_scalars.py"), "utf8")
      .match(/names = "(.*)"/)?.[1]
      ?.split(" ")
      // The class is `bool_`, its dtype `bool`.
      .map((name) => (name === "bool_" ? "bool" : name));
    const values = linesOf(result.lines, "capture").map(({ value }) =>
      value.kind === "scalar" ? value.type : value.kind,
    );
    expect(values).toEqual(names);
  });

  test("an array of 10 GB is summed up, and stays as unreal as it was", async () => {
    const result = await run("huge_array.py", ["huge = np", "huge"], ["again = huge", "again"]);
    const shapes = linesOf(result.lines, "capture").map(({ value }) => value);
    expect(shapes).toMatchObject(Array(2).fill({ kind: "array", shape: [1_250_000_000] }));
    expect(Number(outputOf(result))).toBeLessThan(200);
  });

  test("secrets leave the program neither by name nor by what they look like", async () => {
    const names = ["password", "db_token", "header", "card", "settings", "mapping", "plain"];
    const result = await run("holds_secrets.py", ...names.map((name) => [`    ${name} = `, name] as const));
    expect(result.stdout).not.toMatch(/correct horse|abcdef|eyJhbG|4111|AKIA|lovelace/);
    expect(valuesOf(result, "p7")).toEqual(["nothing to hide"]);
  });

  test("two hundred probes in one loop", async () => {
    const stores = Array.from({ length: 200 }, (_, i) => [`        v${i} = n + ${i}`, `v${i}`] as const);
    const result = await run("two_hundred_names.py", ...stores);
    const [end] = linesOf(result.lines, "end");
    expect(Object.values(end?.captures ?? {})).toEqual(Array(200).fill(1000));
    expect(Object.values(end?.lost ?? {})).toEqual(Array(200).fill(0));
  });

  test("a program's own trace function sees what it would see without us", async () => {
    const result = await run("traces_itself.py", ["b = a + 1", "b"]);
    expect(outputOf(result)).toBe("[('call', 15), ('line', 16), ('line', 17), ('line', 18), ('return', 18)]\n");
    expect(valuesOf(result, "p1")).toEqual([2]);
  });

  test("a program that replaces clocks, locks and system calls is watched with the real ones", async () => {
    const result = await run("replaces_modules.py", ["for n in range(1000)", "n"]);
    expect(outputOf(result)).toBe("done\n");
    expect(linesOf(result.lines, "end")).toMatchObject([{ exit_code: 0, captures: { p1: 1000 } }]);
  });

  test("a program that closes descriptors it does not know is not disturbed, and none of its files is written to", async () => {
    const result = await run("closes_descriptors.py", ["for n in range(1000)", "n"]);
    expect(outputOf(result)).toBe("done\n");
    expect(result.code).toBe(0);
  });

  test("processes that multiprocessing spawned belong to the session", async () => {
    const result = await run("spawns_processes.py", ["squared = job.number", "squared"]);
    const squares = valuesOf(result, "p1").map(Number);
    expect(squares.sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, n) => n ** 2));
    expect(outputOf(result)).toBe("2470\n");
  });
});

const oddArrayTypes = [
  "scalar",
  ...Array(9).fill("float64"),
  ">f8",
  ">i2",
  "float16",
  "longdouble",
  "complex64",
  "int8",
  "bool",
  "float64",
  "int64",
  "uint64",
  "datetime64[ns]",
  "timedelta64[ms]",
  "tree",
  "tree",
  "tree",
  "tree",
  "float64",
  "int64",
  "int64",
  "tree",
  "uint8",
];

/** The line of a target that begins with this text, whatever it is indented by. */
function lineOf(program: string, text: string): number {
  const lines = readFileSync(join(targetsFolder, program), "utf8").split("\n");
  const at = lines.findIndex((line) => line.startsWith(text) || line.trimStart().startsWith(text));
  if (at < 0) throw new Error(`Cannot find "${text}" in ${program}`);
  return at + 1;
}

function valuesOf({ lines }: JsonResult, probe: string): unknown[] {
  return linesOf(lines, "capture")
    .filter((line) => line.probe === probe)
    .map(({ value }) => plain(value));
}

function plain(value: CaptureValue): unknown {
  if (value.kind === "scalar" || value.kind === "text") return value.value;
  return value.kind === "array" ? value.head : value.kind;
}

function tagsOf({ lines }: JsonResult, tag: "call" | "hit" | "depth" | "task"): unknown[] {
  return linesOf(lines, "capture").map(({ tags }) => tags[tag]);
}

function seqsOf({ lines }: JsonResult): number[] {
  return linesOf(lines, "capture").map(({ seq }) => seq);
}

function outputOf({ lines }: JsonResult): string {
  return linesOf(lines, "output")
    .map(({ text }) => text)
    .join("");
}
