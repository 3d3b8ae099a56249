/** The Pythons that the runner of the tests prepared; while working on one test, those that an earlier run left in `.tools/venvs`. */
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

const root = join(import.meta.dirname, "..", "..");

export type TestPython = {
  /** `3.13`, or `3.13t` for a free-threaded build. */
  readonly tag: string;
  readonly minor: number;
  readonly path: string;
};

/** Oldest first; never empty. */
export function testPythons(): readonly TestPython[] {
  const prepared = process.env.PYPROBE_TEST_PYTHONS;
  const byTag: Record<string, string> = prepared ? JSON.parse(prepared) : preparedEarlier();
  const pythons = Object.entries(byTag).map(([tag, path]) => ({ tag, minor: Number.parseInt(tag.slice(2), 10), path }));
  if (pythons.length === 0) throw new Error("Cannot find a Python for the tests: run `npm test -- unit` once");
  return pythons.sort((a, b) => a.minor - b.minor);
}

/** One of each way to watch a program: code swap up to 3.11, monitoring from 3.12. */
export function pythonOfEachMechanism(): readonly TestPython[] {
  const pythons = testPythons();
  const oldest = pythons.filter(({ minor }) => minor < 12).at(-1);
  const newest = pythons.filter(({ minor }) => minor >= 12).at(-1);
  return [oldest, newest].filter((python) => python !== undefined);
}

/** The one that tests use which do not care. */
export function anyPython(): TestPython {
  const pythons = testPythons();
  const python = pythons.find(({ tag }) => tag === "3.13") ?? pythons.at(-1);
  if (python === undefined) throw new Error("Cannot find a Python for the tests");
  return python;
}

function preparedEarlier(): Record<string, string> {
  const directory = join(root, ".tools", "venvs");
  if (!existsSync(directory)) return {};
  const paths = readdirSync(directory).map((tag) => [tag, join(directory, tag, "bin", "python")] as const);
  return Object.fromEntries(paths.filter(([, path]) => existsSync(path)));
}
