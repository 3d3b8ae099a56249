/**
 * For tests: a hub over real sessions whose captures the test writes itself, as an agent would. The session has no program: it
 * is one that was opened from a recording, with a log that still grows.
 */
import { defaultLimits, type ProbeId, probeIdOf, type SessionId } from "@pyprobe/protocol";
import { CaptureLog } from "../capture/capture-log.ts";
import { Projector } from "../projection/projector.ts";
import { Recordings } from "../recording/recordings.ts";
import type { Session } from "../session/session.ts";
import { Sessions } from "../session/sessions.ts";
import { testInfo, testProbe } from "../session/test-session.ts";
import { ConditionChecker } from "../source/condition-checker.ts";
import { Sources } from "../source/sources.ts";
import { Hub } from "./hub.ts";
import { SessionSources } from "./session-sources.ts";

export { testProbe } from "../session/test-session.ts";

export type TestHub = {
  readonly hub: Hub;
  readonly session: Session;
  readonly log: CaptureLog;
  readonly sessions: Sessions;
  dispose(): Promise<void>;
};

export function createTestHub(options: { probes?: number; maxBytes?: number } = {}): TestHub {
  const never = () => Promise.reject(new Error("this session has no program"));
  const sessions = new Sessions({
    createLog: () => new CaptureLog({ maxBytes: 4096 }),
    chooseInterpreter: never,
    findMainFile: never,
    resolveAnchor: never,
    followAnchor: never,
    startAdapter: () => {
      throw new Error("this session has no program");
    },
  });
  const projector = new Projector();
  const recordings = new Recordings();
  const hub = new Hub({
    sessions,
    sources: new SessionSources(new Sources({ read: never })),
    conditions: new ConditionChecker("/nowhere"),
    projector,
    recordings,
    listInterpreters: never,
    onShutdown: () => {},
  });
  const log = new CaptureLog({ maxBytes: options.maxBytes ?? 16 * 1024 * 1024 });
  const session = sessions.addRecorded({
    info: { ...testInfo(), targets: [], startedAtMs: 0, path: "/app/main.pyprobe" },
    probes: Array.from({ length: options.probes ?? 3 }, (_, i) => testProbe(i + 1)),
    counters: [],
    limits: defaultLimits,
    output: [],
    exceptions: [],
    log,
    sources: new Map(),
  });
  const dispose = async () => {
    hub.dispose();
    await recordings.close();
    await projector.dispose();
  };
  return { hub, session, log, sessions, dispose };
}

export const firstProbe: ProbeId = probeIdOf(1);
export const firstSession = "s1" as SessionId;
