/** A loop of 200,000 rounds of three arithmetic lines with one probe in it: bare, ours in two modes, and all the others. */
import { type Probed, probeAt, runBare, runProbed } from "../harness/program.ts";
import { inRounds, type Variant } from "../harness/rounds.ts";
import type { Row } from "../harness/row.ts";
import { type BenchContext, type BenchPython, hasMonitoring, type Section } from "../harness/section.ts";
import { ratios, spreadOf } from "../harness/statistics.ts";
import { runWithLogPoint } from "../peers/debugpy.ts";
import { preparePeer } from "../peers/environment.ts";

const ROUNDS_OF_LOOP = 200_000;
const { probe: PROBE, line: LINE } = probeAt("loop.py", "y = x", "y");
const args = ["loop.py", String(ROUNDS_OF_LOOP)] as const;

type Printed = { readonly ns: number; readonly cpu_ns: number; readonly values: number };
/** `cpuNs`: of the program's thread, where it is known. */
type Measured = { readonly ns: number; readonly cpuNs?: number; readonly captures: number };

export const probedLoop: Section = {
  id: "loop",
  title: `One probe in a loop of ${ROUNDS_OF_LOOP.toLocaleString("en-US")} rounds of three arithmetic lines`,
  async *measure(context) {
    for (const python of context.pythons) yield* measureOn(python, context);
  },
};

async function* measureOn(python: BenchPython, context: BenchContext): AsyncGenerator<Row> {
  const { executable } = python;
  const ours = (mode: string) => async () =>
    measuredOf(await runProbed<Printed>(executable, args, { probe: PROBE, mode }));
  const by = (how: string, interpreter = executable) => ({
    name: how,
    run: async (): Promise<Measured> => {
      const { ns, cpu_ns, values } = await runBare<Printed>(interpreter, [...args, how]);
      return { ns, cpuNs: cpu_ns, captures: values };
    },
  });
  const variants: Variant<Measured>[] = [
    by(""),
    { name: "auto", run: ours("auto") },
    { name: "every", run: ours("every") },
    by("append"),
    by("settrace"),
    ...(hasMonitoring(python) ? [by("monitoring_line")] : []),
    ...(await peerVariants(python, context, by)),
  ];
  const results = await inRounds(variants, context.rounds);
  const bare = results.get("") ?? [];
  const row = { section: probedLoop.title, on: `Python ${python.version}` };
  const bareMs = bare.map(({ ns }) => ns / 1e6);
  yield { ...row, what: "bare", unit: "ms", spread: spreadOf(bareMs) };
  for (const [name, measured] of results)
    if (name !== "") for (const found of rowsOf(name, measured, bare)) yield { ...row, ...found };
}

/** Ours twice: as the clock has it, and in processor time, which is what a machine with other work on it leaves standing. */
function rowsOf(name: string, measured: readonly Measured[], bare: readonly Measured[]): Omit<Row, "section" | "on">[] {
  const captured = spreadOf(measured.map(({ captures }) => captures)).median;
  const isComplete = measured.every(({ captures }) => captures === ROUNDS_OF_LOOP);
  const remark = `${isComplete ? "every value" : `${captured.toLocaleString("en-US")} values`} recorded`;
  const clock = ratios(
    measured.map(({ ns }) => ns),
    bare.map(({ ns }) => ns),
  );
  const what = labels[name] ?? name;
  const demand = demands[name];
  const byClock = { what, unit: "×" as const, spread: spreadOf(clock), remark };
  if (demand === undefined) return [byClock];
  const processor = ratios(
    measured.flatMap(({ cpuNs }) => cpuNs ?? []),
    bare.flatMap(({ cpuNs }) => cpuNs ?? []),
  );
  return [
    { ...byClock, demand },
    { what: `${what}, processor time of its thread`, unit: "×", spread: spreadOf(processor), demand },
  ];
}

const labels: Readonly<Record<string, string>> = {
  auto: "PyProbe, mode auto",
  every: "PyProbe, mode every",
  append: "`values.append((clock(), y))` written into the loop",
  settrace: "`sys.settrace` on this function alone",
  monitoring_line: "`sys.monitoring` LINE on this function alone",
};

const demands: Readonly<Record<string, Row["demand"]>> = {
  auto: { direction: "at_most", must: 1.1, aim: 1.05 },
  every: { direction: "at_most", must: 20 },
};

/** Versions that all of the public tools have had wheels for, one of each mechanism. */
const PEER_TAGS: readonly string[] = ["3.11", "3.13"];

/** Public tools, where they install; one that does not is left out, and it is said. */
async function peerVariants(
  python: BenchPython,
  { toolsFolder, say }: BenchContext,
  by: (how: string, interpreter: string) => Variant<Measured>,
): Promise<Variant<Measured>[]> {
  if (!PEER_TAGS.includes(python.tag)) return [];
  const variants: Variant<Measured>[] = [];
  for (const name of ["hunter", "debugpy"] as const) {
    const peer = await preparePeer(name, python, toolsFolder);
    if (peer.kind === "missing") {
      say(`${name} is left out on Python ${python.version}: ${peer.reason}`);
      continue;
    }
    const label = `${name} ${peer.version}`;
    if (name === "hunter") variants.push({ name: label, run: by("hunter", peer.executable).run });
    else
      variants.push({
        name: `${label}, log point`,
        run: () => runWithLogPoint(peer.executable, args, { line: LINE + 1, expression: "y" }),
      });
  }
  return variants;
}

function measuredOf({ printed, captures, lost }: Probed<Printed>): Measured {
  if (lost > 0) throw new Error(`Cannot trust this measurement: ${lost} captures were lost`);
  return { ns: printed.ns, cpuNs: printed.cpu_ns, captures };
}
