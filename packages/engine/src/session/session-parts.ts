import type { Anchor, AnchorQuery, Interpreter, Program } from "@pyprobe/protocol";
import type { CaptureLog } from "../capture/capture-log.ts";
import type { SourceOwner } from "../source/source-owner.ts";
import type { Sources } from "../source/sources.ts";
import type { Interpreters } from "../target/interpreters.ts";
import { findMainFile } from "../target/main-file.ts";
import type { StartAdapter } from "./adapter.ts";

/** What a session gets from the rest of the engine. */
export type SessionParts = {
  readonly createLog: () => CaptureLog;
  readonly chooseInterpreter: (near: { python: string | undefined; near: string }) => Promise<Interpreter>;
  /** The program's main file; throws a `CallError` when there is nothing to run. A module is looked for with the interpreter. */
  readonly findMainFile: (
    program: Program,
    where: { cwd: string; interpreter: Interpreter | null },
  ) => Promise<string | null>;
  readonly resolveAnchor: (owner: SourceOwner, query: AnchorQuery) => Promise<Anchor>;
  /** Where an anchor stands after its file was edited; undefined when it is gone. */
  readonly followAnchor: (owner: SourceOwner, anchor: Anchor) => Promise<Anchor | undefined>;
  readonly startAdapter: StartAdapter;
};

/** For programs on this machine. */
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
    resolveAnchor: (owner, query) => sources.resolve(owner, query),
    followAnchor: (owner, anchor) => sources.follow(owner, anchor),
  };
}
