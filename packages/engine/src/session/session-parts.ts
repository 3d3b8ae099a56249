import type { CaptureLog } from "../capture/capture-log.ts";
import type { Sources } from "../source/sources.ts";
import type { Interpreters } from "../target/interpreters.ts";
import { findMainFile } from "../target/main-file.ts";
import type { StartAdapter } from "./adapter.ts";
import type { SessionParts } from "./session.ts";

/** What sessions of programs on this machine are made of. */
export function createSessionParts(options: {
  readonly createLog: () => CaptureLog;
  readonly interpreters: Interpreters;
  readonly sources: Sources;
  readonly startAdapter: StartAdapter;
}): SessionParts {
  const { createLog, interpreters, sources, startAdapter } = options;
  return {
    createLog,
    startAdapter,
    findMainFile,
    chooseInterpreter: (where) => interpreters.choose(where),
    resolveAnchor: (session, query) => sources.resolve(session, query),
    followAnchor: (session, anchor) => sources.follow(session, anchor),
  };
}
