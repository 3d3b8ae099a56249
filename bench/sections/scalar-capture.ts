/**
 * What one capture of a float into the ring costs the program, on top of the loop it is in: processor time of its thread.
 *
 * A whole hit is two things: the interpreter's event with the reading of the variable, and the capture of its value. The budget
 * is for the second. It is told apart by two runs that have the event in common and nothing else: mode every n-th, which either
 * captures each hit or passes over each. (Passing over counts the skip, so the capture comes out too cheap by one addition.)
 */
import { probeAt, runBare, runProbed } from "../harness/program.ts";
import { inRounds } from "../harness/rounds.ts";
import { type BenchPython, hasMonitoring, type Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

/** Fewer than the ring has slots, so that the program never waits for the engine. */
const CAPTURES = 50_000;
const args = ["loop.py", String(CAPTURES)] as const;
const { probe: PROBE } = probeAt("loop.py", "y = x", "y");
const EACH = "1";
const NONE_BUT_THE_FIRST = "99999999";

type Printed = { readonly cpu_ns: number };

export const scalarCapture: Section = {
  id: "capture",
  title: "One scalar capture into the ring, in pure Python",
  async *measure({ pythons, rounds }) {
    for (const python of pythons) {
      const { executable, version } = python;
      const run = (mode: string, captures: number) => async () => await measureProbed(executable, mode, captures);
      const results = await inRounds(
        [
          { name: "bare", run: async () => (await runBare<Printed>(executable, args)).cpu_ns },
          { name: "every", run: run("every", CAPTURES) },
          { name: "each", run: run(EACH, CAPTURES) },
          { name: "none", run: run(NONE_BUT_THE_FIRST, 1) },
        ],
        rounds,
      );
      const perHit = (name: string, without: string) => {
        const base = results.get(without) ?? [];
        return spreadOf((results.get(name) ?? []).map((ns, i) => (ns - (base[i] ?? 0)) / CAPTURES));
      };
      const must = demandOf(python);
      const row = { section: scalarCapture.title, on: `Python ${version}`, unit: "ns" } as const;
      const inARow = `${CAPTURES.toLocaleString("en-US")} in a row`;
      yield {
        ...row,
        what: `the capture: tags, clock, record and commit (${inARow})`,
        spread: perHit("each", "none"),
        ...(must === undefined ? {} : { demand: { direction: "at_most", must } }),
      };
      yield {
        ...row,
        what: `the whole hit: the interpreter's event, the value, the capture (${inARow})`,
        spread: perHit("every", "bare"),
      };
    }
  },
};

async function measureProbed(executable: string, mode: string, expected: number): Promise<number> {
  const { printed, captures } = await runProbed<Printed>(executable, args, { probe: PROBE, mode });
  if (captures !== expected) throw new Error(`Cannot trust this measurement: ${captures} captures were made`);
  return printed.cpu_ns;
}

/** Demanded of 3.13 and later; the others are shown beside it. */
function demandOf(python: BenchPython): number | undefined {
  return hasMonitoring(python) && python.tag !== "3.12" ? 500 : undefined;
}
