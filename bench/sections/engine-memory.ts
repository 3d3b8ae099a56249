/** Memory of the engine's process when its log of captures has been filled three times over. */
import { join } from "node:path";
import { runProcess } from "../../tools/test/run-process.ts";
import { programsFolder } from "../harness/program.ts";
import { oneOfEachKind, type Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

const LOG_BYTES = 256 * 1024 * 1024;
const ARRAYS = Math.ceil((3 * LOG_BYTES) / 8_000_000);

type Printed = {
  readonly rss: number;
  readonly logBytes: number;
  readonly maxBytes: number;
  readonly captures: number;
};

export const engineMemory: Section = {
  id: "memory",
  title: "Memory of the engine with a full log",
  async *measure({ pythons, rounds, say }) {
    const python = oneOfEachKind(pythons).at(-1);
    if (python === undefined || !python.hasNumpy) {
      say("The engine's memory is not measured: there is no Python with numpy");
      return;
    }
    const above: number[] = [];
    for (let round = 0; round < Math.min(rounds, 3); round += 1) {
      const { rss, maxBytes, captures } = await fillOnce(python.executable);
      if (captures !== ARRAYS) throw new Error(`Cannot trust this measurement: ${captures} captures were made`);
      above.push((rss - maxBytes) / 1e6);
    }
    yield {
      section: engineMemory.title,
      what: `resident, above the ${LOG_BYTES / 1024 / 1024} MiB of the log`,
      on: `Node ${process.versions.node}`,
      unit: "MB",
      spread: spreadOf(above),
      demand: { direction: "at_most", must: 250, aim: 120 },
    };
  },
};

async function fillOnce(python: string): Promise<Printed> {
  const host = join(programsFolder, "engine-host.ts");
  const { code, stdout, stderr } = await runProcess(
    process.execPath,
    [host, python, String(LOG_BYTES), String(ARRAYS)],
    { timeoutMs: 300_000 },
  );
  if (code !== 0) throw new Error(`Cannot measure the engine's memory: it ended with ${code}:\n${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1) ?? "");
}
