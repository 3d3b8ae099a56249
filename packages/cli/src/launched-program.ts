/**
 * One program from launch to end over the engine's API, for whoever presents it. The events reach the presenter in the order in which the
 * engine tells them, after the session as it was found; a promise of the presenter holds the engine back, and with it the program.
 */
import { createDeferred } from "@pyprobe/base";
import type { Engine, EngineLink } from "@pyprobe/engine";
import type { ApiEvent, SessionId, SessionInfo, SessionSnapshot } from "@pyprobe/protocol";
import type { RunCommand } from "./command-line.ts";
import { StartError } from "./start-error.ts";

export type Presenter = {
  /** Whether every capture shall come as an event. */
  readonly followsCaptures: boolean;
  begin(snapshot: SessionSnapshot): void | Promise<void>;
  event(event: ApiEvent): void | Promise<void>;
};

export type LaunchedProgram = {
  readonly session: SessionId;
  /** As the engine told it last. */
  readonly info: SessionInfo;
  /** Resolves when there is a program that can read its input, or never will be. */
  readonly started: Promise<void>;
  /** Resolves when the program's run is over, or could not begin. */
  readonly ended: Promise<SessionInfo>;
  stop(options: { readonly force: boolean }): Promise<void>;
  input(text: string, options: { readonly end: boolean }): void;
  snapshot(): Promise<SessionSnapshot>;
};

/** The program's first line runs after the presenter's `begin`, so nothing of it is missed. */
export async function launchProgram(
  engine: Engine,
  command: RunCommand,
  presenter: Presenter,
): Promise<LaunchedProgram> {
  const { program, args, cwd, python, probes, record } = command;
  const early: ApiEvent[] = [];
  let onEvent = (event: ApiEvent): void | Promise<void> => void early.push(event);
  const link = engine.connect({ onEvent: (event) => onEvent(event) });
  const launched = await link.call("session.launch", {
    program,
    args: [...args],
    cwd,
    probes: probes.map(({ query, mode }) => ({ query, mode })),
    hold: true,
    ...(python === undefined ? {} : { python }),
    ...(record === undefined ? {} : { record }),
  });
  const session = launched.id;
  // What was told before is in the snapshot.
  early.length = 0;
  const snapshot = await link.call("session.subscribe", { session, waits: true });
  await checkCondition(link, session, probes);
  if (presenter.followsCaptures) await link.call("capture.follow", { session });
  await presenter.begin(snapshot);
  const started = createDeferred<void>();
  const ended = createDeferred<SessionInfo>();
  let { info } = snapshot;
  const watch = (newest: SessionInfo) => {
    info = newest;
    if (info.state.kind !== "starting") started.resolve();
    if (info.state.kind === "ended" || info.state.kind === "failed") ended.resolve(info);
  };
  watch(info);
  onEvent = (event) => {
    if (isOfOther(event, session)) return undefined;
    const taken = presenter.event(event);
    if (event.method === "session.changed") watch(event.params.info);
    return taken;
  };
  for (const event of early) await onEvent(event);
  await link.call("session.begin", { session });
  return {
    session,
    get info() {
      return info;
    },
    started: started.promise,
    ended: ended.promise,
    stop: async ({ force }) => void (await link.call("session.stop", { session, force })),
    // The program may have ended meanwhile; then nobody wants the text.
    input: (text, { end }) => void link.call("session.input", { session, text, end }).catch(() => {}),
    snapshot: () => link.call("session.subscribe", { session, waits: true }),
  };
}

/** Before the program's first line. Throws a `StartError` that points at what is wrong. */
async function checkCondition(link: EngineLink, session: SessionId, probes: RunCommand["probes"]): Promise<void> {
  const expressions = new Set(probes.flatMap(({ mode }) => (mode.kind === "when" ? [mode.expression] : [])));
  for (const expression of expressions) {
    // Where there is no interpreter to ask, the session says so itself.
    const verdict = await link.call("condition.check", { session, expression }).catch(() => undefined);
    if (verdict === undefined || verdict.error === null) continue;
    const { message, column, endColumn } = verdict.error;
    await link.call("session.stop", { session, force: true });
    const pointer = " ".repeat(column) + "^".repeat(endColumn - column);
    throw new StartError(`Cannot use --when: ${message}\n  ${expression}\n  ${pointer}`);
  }
}

function isOfOther(event: ApiEvent, session: SessionId): boolean {
  if (event.method === "session.changed") return event.params.info.id !== session;
  return event.params.session !== null && event.params.session !== session;
}
