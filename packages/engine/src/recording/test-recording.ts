/** For tests: recordings made by a real recorder from a log that the test fills. */
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defaultLimits } from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import { testInfo, testProbe } from "../session/test-session.ts";
import { Recorder } from "./recorder.ts";

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "pyprobe-recording-"));
}

export { TEST_PID, testInfo, testProbe } from "../session/test-session.ts";

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
