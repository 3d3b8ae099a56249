/** What one capture of a float into the ring costs the program, on top of the loop it is in: processor time of its thread. */
import { probeAt, runBare, runProbed } from "../harness/program.ts";
import { inRounds } from "../harness/rounds.ts";
import { type BenchPython, hasMonitoring, type Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

/** Fewer than the ring has slots, so that the program never waits for the engine. */
const CAPTURES = 50_000;
const args = ["loop.py", String(CAPTURES)] as const;
const { probe: PROBE } = probeAt("loop.py", "y = x", "y");

type Printed = { readonly cpu_ns: number };

export const scalarCapture: Section = {
  id: "capture",
  title: "One scalar capture into the ring, in pure Python",
  async *measure({ pythons, rounds }) {
    for (const python of pythons) {
      const { executable, version } = python;
      const results = await inRounds(
        [
          { name: "bare", run: async () => (await runBare<Printed>(executable, args)).cpu_ns },
          { name: "every", run: async () => await measureEvery(executable) },
        ],
        rounds,
      );
      const bare = results.get("bare") ?? [];
      const costs = (results.get("every") ?? []).map((ns, i) => (ns - (bare[i] ?? 0)) / CAPTURES);
      const must = demandOf(python);
      yield {
        section: scalarCapture.title,
        what: `processor time of hit, tags, clock and commit (${CAPTURES.toLocaleString("en-US")} in a row)`,
        on: `Python ${version}`,
        unit: "ns",
        spread: spreadOf(costs),
        ...(must === undefined ? {} : { demand: { direction: "at_most", must } }),
      };
    }
  },
};

async function measureEvery(executable: string): Promise<number> {
  const { printed, captures } = await runProbed<Printed>(executable, args, { probe: PROBE, mode: "every" });
  if (captures !== CAPTURES) throw new Error(`Cannot trust this measurement: ${captures} captures were made`);
  return printed.cpu_ns;
}

/** Demanded of 3.13 and later; the others are shown beside it. */
function demandOf(python: BenchPython): number | undefined {
  return hasMonitoring(python) && python.tag !== "3.12" ? 500 : undefined;
}
