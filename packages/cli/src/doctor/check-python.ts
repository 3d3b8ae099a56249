/** The Pythons of this machine, and whether a program can really be watched in the one that would be used. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Engine } from "@pyprobe/engine";
import type { Interpreter } from "@pyprobe/protocol";
import type { RunCommand } from "../command-line.ts";
import { launchProgram } from "../launched-program.ts";
import { parseProbe } from "../probe-option.ts";
import type { Finding } from "./finding.ts";

/** All that would be considered for a program in `cwd`, best first. */
export async function checkInterpreters(engine: Engine, cwd: string): Promise<Finding[]> {
  const link = engine.connect({ onEvent: () => {} });
  const interpreters = await link.call("interpreter.list", { near: cwd });
  link.close();
  if (interpreters.length === 0) {
    const next = "install CPython 3.9 or later, or name one with --python";
    return [{ check: "Python", level: "problem", message: "none was found", next }];
  }
  return interpreters.map(describeInterpreter);
}

function describeInterpreter({ path, version, origin, hasNumpy, problem }: Interpreter): Finding {
  const check = "Python";
  const numpy = hasNumpy ? "with numpy" : "without numpy";
  if (problem === undefined)
    return { check, level: "ok", message: `${version ?? "?"} at ${path} (${origin}, ${numpy})` };
  return { check, level: "note", message: `${problem} (${origin})` };
}

const PROGRAM = "program.py";

/** With the program in it; undefined where nothing can be written. */
async function makeFolder(): Promise<string | undefined> {
  let folder: string | undefined;
  try {
    folder = await mkdtemp(join(tmpdir(), "pyprobe-doctor-"));
    await writeFile(join(folder, PROGRAM), "answer = 42\n");
    return folder;
  } catch {
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
    return undefined;
  }
}

/** Runs one line in the interpreter, with a probe on it: the agent, its link, the rings and the capture, all at once. */
export async function checkWatching(engine: Engine, python: string | undefined): Promise<Finding> {
  const check = "watching";
  const folder = await makeFolder();
  if (folder === undefined) {
    const next = "make it writable, with some room, or name another folder in the environment variable TMPDIR";
    return { check, level: "problem", message: `${tmpdir()} cannot be written to`, next };
  }
  const path = join(folder, PROGRAM);
  try {
    const command: RunCommand = {
      kind: "run",
      program: { kind: "script", path },
      args: [],
      cwd: folder,
      python,
      probes: [{ query: parseProbe(`${path}:1:answer`, folder), mode: { kind: "every" } }],
      record: undefined,
      output: { kind: "report" },
    };
    const launched = await launchProgram(engine, command, { followsCaptures: false, begin: () => {}, event: () => {} });
    const { state, targets } = await launched.ended;
    const { probes, counters } = await launched.snapshot();
    if (state.kind === "failed") return { check, level: "problem", message: state.message };
    const target = targets[0];
    if (target !== undefined && counters[0]?.captures === 1) {
      const { python: version, executable, mechanism } = target;
      return {
        check,
        level: "ok",
        message: `a value was captured in Python ${version} at ${executable} by ${mechanism}`,
      };
    }
    const probe = probes[0]?.state;
    const reason = probe !== undefined && "message" in probe ? probe.message : undefined;
    const next =
      "run `python -m pip install --upgrade pyprobe-tracer` with this interpreter, and report it if that does not help";
    return { check, level: "problem", message: reason ?? "the program ended and its value did not arrive", next };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
