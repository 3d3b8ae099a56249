/** Session data for tests, small and complete. */
import {
  type Anchor,
  type Column0,
  defaultLimits,
  type Line1,
  type Probe,
  type ProbeId,
  type SessionId,
  type SessionSnapshot,
} from "@pyprobe/protocol";

export const session = "s1" as SessionId;

export function anchor(symbol: string, line = 3, changed: Partial<Anchor> = {}): Anchor {
  return {
    file: "/project/radio.py",
    line: line as Line1,
    column: 4 as Column0,
    symbol,
    function: "main",
    context: "store",
    ...changed,
  };
}

export function probe(id: string, symbol: string, changed: Partial<Probe> = {}): Probe {
  return { id: id as ProbeId, anchor: anchor(symbol), mode: { kind: "auto" }, state: { kind: "armed" }, ...changed };
}

export function snapshot(changed: Partial<SessionSnapshot> = {}): SessionSnapshot {
  return {
    info: {
      id: session,
      program: { kind: "script", path: "/project/radio.py" },
      args: [],
      cwd: "/work",
      interpreter: null,
      state: { kind: "running", pid: 7 },
      targets: [],
      run: 1,
      startedAtMs: 0,
      mainFile: "/project/radio.py",
      recording: null,
    },
    probes: [],
    counters: [],
    limits: defaultLimits,
    output: [],
    outputDropped: 0,
    exceptions: [],
    log: { bytes: 0, maxBytes: 1000, dropped: 0 },
    ...changed,
  };
}
