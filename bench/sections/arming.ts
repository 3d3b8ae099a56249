/** How long the program is held when a probe is placed in a function of 2,000 lines. */
import { join } from "node:path";
import { runBare } from "../harness/program.ts";
import { inRounds } from "../harness/rounds.ts";
import { hasMonitoring, type Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

const agentFolder = join(import.meta.dirname, "..", "..", "python", "pyprobe_tracer", "src");

/** As arm.py makes them. */
const PROBES = 20;

type Printed = { readonly first_us: number; readonly later_us: number; readonly armed: number };

export const arming: Section = {
  id: "arm",
  title: "Arming a probe in a function of 2,000 lines",
  async *measure({ pythons, rounds }) {
    for (const python of pythons) {
      const { executable, version } = python;
      const run = async () => {
        const printed = await runBare<Printed>(executable, ["arm.py", agentFolder]);
        if (printed.armed !== PROBES)
          throw new Error(`Cannot trust this measurement: ${printed.armed} probes were armed`);
        return printed;
      };
      const results = (await inRounds([{ name: "arm", run }], rounds)).get("arm") ?? [];
      const mechanism = hasMonitoring(python) ? "sys.monitoring" : "code swap";
      const row = { section: arming.title, on: `Python ${version} (${mechanism})`, unit: "ms" as const };
      const milliseconds = (key: "first_us" | "later_us") => spreadOf(results.map((result) => result[key] / 1000));
      yield { ...row, what: "the first probe in the file, processor time", spread: milliseconds("first_us") };
      yield {
        ...row,
        what: "each later one, processor time",
        spread: milliseconds("later_us"),
        demand: { direction: "at_most", must: 2, aim: 0.5 },
      };
    }
  },
};
