import type { Interpreter } from "@pyprobe/protocol";
import type { Projector } from "../projection/projector.ts";
import type { Recordings } from "../recording/recordings.ts";
import type { Sessions } from "../session/sessions.ts";
import type { ConditionChecker } from "../source/condition-checker.ts";
import type { SessionSources } from "./session-sources.ts";

/** What the hub brings to clients. */
export type HubParts = {
  readonly sessions: Sessions;
  readonly sources: SessionSources;
  readonly projector: Projector;
  readonly recordings: Recordings;
  readonly conditions: ConditionChecker;
  readonly listInterpreters: (near: string | undefined) => Promise<Interpreter[]>;
  /** A client asked for the end of the engine. */
  readonly onShutdown: () => void;
};
