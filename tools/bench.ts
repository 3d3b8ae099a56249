/**
 * `npm run bench`: measures what the design promises and writes docs/benchmarks.md.
 *
 *     npm run bench -- [section…] [--rounds N] [--python 3.13]… [--keep]
 *
 * Sections that are named are measured again and the others stay as they were measured last. With Pythons named, or with --keep,
 * the page is left as it is. See bench/sections for the names.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { type MeasuredSection, reportPage, rowText } from "../bench/harness/report.ts";
import { type Row, verdictOf } from "../bench/harness/row.ts";
import type { BenchContext, BenchPython, Section } from "../bench/harness/section.ts";
import { agentStart } from "../bench/sections/agent-start.ts";
import { arming } from "../bench/sections/arming.ts";
import { drawing } from "../bench/sections/drawing.ts";
import { engineMemory } from "../bench/sections/engine-memory.ts";
import { firstPaint } from "../bench/sections/first-paint.ts";
import { largeArrays } from "../bench/sections/large-arrays.ts";
import { probedLoop } from "../bench/sections/probed-loop.ts";
import { scalarCapture } from "../bench/sections/scalar-capture.ts";
import { unprobedCode } from "../bench/sections/unprobed-code.ts";
import { say } from "./check/step.ts";
import { preparePythonEnvironment } from "./test/python-environment.ts";
import { findPythons } from "./test/pythons.ts";

const root = join(import.meta.dirname, "..");
const sections: readonly Section[] = [
  probedLoop,
  unprobedCode,
  scalarCapture,
  agentStart,
  arming,
  largeArrays,
  drawing,
  firstPaint,
  engineMemory,
];

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: "string", default: "5" },
      python: { type: "string", multiple: true, default: [] },
      keep: { type: "boolean", default: false },
    },
  });
  const unknown = positionals.find((id) => !sections.some((section) => section.id === id));
  if (unknown !== undefined) {
    say(
      `Cannot measure "${unknown}": there is no such section (choose from ${sections.map(({ id }) => id).join(", ")})`,
    );
    return 2;
  }
  const chosen = positionals.length === 0 ? sections : sections.filter(({ id }) => positionals.includes(id));
  const pythons = await preparePythons(values.python);
  const rounds = Number(values.rounds);
  // Programs are measured as users run them: an interpreter keeps the byte code of what it has imported once.
  delete process.env.PYTHONDONTWRITEBYTECODE;
  const stop = new AbortController();
  // The programs and browsers that were started are ended by whoever started them, not left to themselves.
  for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => stop.abort());
  const { signal } = stop;
  const measured = await measureAll(chosen, { pythons, rounds, toolsFolder: join(root, ".tools"), say, signal });
  if (signal.aborted) {
    say("Cannot finish measuring: it was stopped (docs/benchmarks.md is as it was)");
    return 130;
  }
  if (values.python.length === 0 && !values.keep) {
    writeFileSync(join(root, "docs", "benchmarks.md"), reportPage(remember(measured)));
    say("docs/benchmarks.md is written");
  }
  const rows = measured.flatMap((section) => section.rows);
  const short = rows.filter((row) => verdictOf(row) === "falls short");
  say(`${short.length} of ${rows.filter(({ demand }) => demand !== undefined).length} demands fall short`);
  return 0;
}

async function preparePythons(tags: readonly string[]): Promise<BenchPython[]> {
  const all = await findPythons();
  const chosen = tags.length === 0 ? all : all.filter(({ tag }) => tags.includes(tag));
  const prepared: BenchPython[] = [];
  for (const python of chosen) {
    const { path, withoutNumpy } = await preparePythonEnvironment(python, {
      directory: join(root, ".tools", "venvs"),
      all,
    });
    prepared.push({ ...python, executable: path, hasNumpy: withoutNumpy === undefined });
  }
  return prepared;
}

async function measureAll(chosen: readonly Section[], context: BenchContext): Promise<MeasuredSection[]> {
  const measured: MeasuredSection[] = [];
  for (const section of chosen) {
    say(`\n${section.title}`);
    const before = loadText();
    const rows: Row[] = [];
    try {
      for await (const row of section.measure(context)) {
        rows.push(row);
        say(`  ${rowText(row)}`);
        if (context.signal.aborted) break;
      }
    } catch (error) {
      // What was ended in the middle fails in its own way.
      if (!context.signal.aborted) throw error;
    }
    if (context.signal.aborted) return measured;
    const date = new Date().toISOString().slice(0, 10);
    measured.push({ title: section.title, date, rounds: context.rounds, load: `${before} to ${loadText()}`, rows });
  }
  return measured;
}

/** All sections as they were measured last on this machine, in their order. */
function remember(measured: readonly MeasuredSection[]): MeasuredSection[] {
  const file = join(root, ".tools", "benchmarks.json");
  const earlier: MeasuredSection[] = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : [];
  const byTitle = new Map([...earlier, ...measured].map((section) => [section.title, section]));
  const all = sections.map(({ title }) => byTitle.get(title)).filter((section) => section !== undefined);
  mkdirSync(join(root, ".tools"), { recursive: true });
  writeFileSync(file, JSON.stringify(all));
  return all;
}

function loadText(): string {
  return (loadavg()[0] ?? 0).toFixed(1);
}

process.exitCode = await main();
