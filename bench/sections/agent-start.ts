/**
 * What the agent adds to the program's start: until its first line runs, with and without us. Not for the first time: the interpreter
 * has the agent's byte code from an earlier run, as users' interpreters do from the second run on.
 */
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inTemporaryFolder, probeAt, runBare, runProbed } from "../harness/program.ts";
import { inRounds } from "../harness/rounds.ts";
import type { Section } from "../harness/section.ts";
import { spreadOf } from "../harness/statistics.ts";

type Printed = { readonly at_ns: number };

export const agentStart: Section = {
  id: "start",
  title: "Start of the program with the agent in it",
  async *measure({ pythons, rounds, say }) {
    if (process.platform === "win32") {
      say("The start of the agent is not measured on Windows: it takes a shell script in front of the interpreter");
      return;
    }
    for (const { executable, version } of pythons) {
      const added = await inTemporaryFolder(async (folder) => {
        const { wrapper, readStart } = await writeWrapper(folder, executable);
        const sinceStart = async (printed: Printed) => (printed.at_ns - (await readStart())) / 1e6;
        const probed = { probe: probeAt("first_line.py", "now =", "now").probe, mode: "every" };
        const bareMs = async () => sinceStart(await runBare<Printed>(wrapper, ["first_line.py"]));
        const oursMs = async () => sinceStart((await runProbed<Printed>(wrapper, ["first_line.py"], probed)).printed);
        await oursMs();
        const programs = [
          { name: "bare", run: bareMs },
          { name: "ours", run: oursMs },
        ];
        const results = await inRounds(programs, rounds);
        const bare = results.get("bare") ?? [];
        return (results.get("ours") ?? []).map((ms, i) => ms - (bare[i] ?? 0));
      });
      yield {
        section: agentStart.title,
        what: "added until the first line runs, with one probe placed",
        on: `Python ${version}`,
        unit: "ms",
        spread: spreadOf(added),
        demand: { direction: "at_most", must: 60, aim: 25 },
      };
    }
  },
};

/** An interpreter that notes, in a file, when it was started with the script; the engine's questions to it are not noted. */
async function writeWrapper(folder: string, executable: string) {
  const wrapper = join(folder, "python");
  const note = join(folder, "started");
  const script = [
    "#!/bin/sh",
    `case "$*" in *first_line.py*) date +%s%N > '${note}' ;; esac`,
    `exec '${executable}' "$@"`,
  ];
  await writeFile(wrapper, `${script.join("\n")}\n`);
  await chmod(wrapper, 0o755);
  return { wrapper, readStart: async () => Number(await readFile(note, "utf8")) };
}
