/** For tests: recordings made by a real recorder from a log that the test fills. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultLimits, type Probe, probeIdOf, type SessionInfo } from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import { Recorder } from "./recorder.ts";

export const TEST_PID = 700;

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "pyprobe-recording-"));
}

export function testInfo(run = 1): SessionInfo {
  return {
    id: "s1" as SessionInfo["id"],
    program: { kind: "script", path: "/app/main.py" },
    args: ["--fast"],
    cwd: "/app",
    interpreter: null,
    state: { kind: "running", pid: TEST_PID },
    targets: [
      {
        pid: TEST_PID,
        parent: null,
        python: "3.13.0",
        executable: "/usr/bin/python3",
        mechanism: "monitoring",
        state: "running",
      },
    ],
    run,
    startedAtMs: 1_700_000_000_000,
    mainFile: "/app/main.py",
    recording: null,
  };
}

export function testProbe(number: number): Probe {
  return {
    id: probeIdOf(number),
    anchor: {
      file: "/app/main.py",
      line: number as Probe["anchor"]["line"],
      column: 4 as Probe["anchor"]["column"],
      symbol: `x${number}`,
      function: "main",
      context: "store",
    },
    mode: { kind: "every" },
    state: { kind: "live" },
  };
}

/** A recorder that has been told of a run and of some probes. */
export async function startRecorder(
  path: string,
  log: CaptureLog,
  options: { probes?: number; retryMs?: number } = {},
): Promise<Recorder> {
  const { retryMs } = options;
  const recorder = await Recorder.open(path, log, retryMs === undefined ? {} : { retryMs });
  recorder.add({ kind: "run", info: testInfo(), limits: defaultLimits });
  for (const target of testInfo().targets) recorder.add({ kind: "target", run: 1, target });
  for (let number = 1; number <= (options.probes ?? 3); number += 1) {
    recorder.add({ kind: "probe", probe: testProbe(number) });
  }
  return recorder;
}
