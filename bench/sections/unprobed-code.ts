/** Code without probes, while a probe is live in another function of the same file. */
import { probeAt, runBare, runProbed } from "../harness/program.ts";
import { inRounds } from "../harness/rounds.ts";
import { hasMonitoring, type Section } from "../harness/section.ts";
import { ratios, spreadOf } from "../harness/statistics.ts";

const args = ["elsewhere.py", "40"] as const;
const { probe: PROBE } = probeAt("elsewhere.py", "seen =", "seen");

type Printed = { readonly cpu_ns: number };

export const unprobedCode: Section = {
  id: "elsewhere",
  title: "Code without probes while a probe is live elsewhere",
  async *measure({ pythons, rounds }) {
    for (const python of pythons) {
      const { executable, version } = python;
      const results = await inRounds(
        [
          { name: "bare", run: async () => (await runBare<Printed>(executable, args)).cpu_ns },
          { name: "probed", run: async () => await measureProbed(executable) },
        ],
        rounds,
      );
      yield {
        section: unprobedCode.title,
        what: "the other functions, processor time",
        on: `Python ${version}`,
        unit: "×",
        spread: spreadOf(ratios(results.get("probed") ?? [], results.get("bare") ?? [])),
        demand: hasMonitoring(python)
          ? { direction: "at_most", must: 1.02, aim: 1.0 }
          : { direction: "at_most", must: 1.05, aim: 1.01 },
      };
    }
  },
};

async function measureProbed(executable: string): Promise<number> {
  const { printed, captures } = await runProbed<Printed>(executable, args, { probe: PROBE, mode: "every" });
  if (captures !== Number(args[1])) throw new Error(`Cannot trust this measurement: ${captures} captures were made`);
  return printed.cpu_ns;
}
