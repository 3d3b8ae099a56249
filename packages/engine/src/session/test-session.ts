/** For tests: what a session says of itself and of its probes, without a program. */
import { type Probe, probeIdOf, type SessionInfo } from "@pyprobe/protocol";

export const TEST_PID = 700;

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
