/** Puts the engine together. Everything that holds something open is made here and closed here, in the opposite order. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createDeferred } from "@pyprobe/base";
import { createAgentAdapters } from "./agent/agent-adapter.ts";
import { findAgentFolder } from "./agent/agent-command.ts";
import { LinkServer } from "./agent/link-server.ts";
import { RingSpace } from "./agent/ring-space.ts";
import { clearStale, socketDirectory } from "./agent/runtime-directory.ts";
import { CaptureLog } from "./capture/capture-log.ts";
import { defaultLogBytes } from "./capture/log-bytes.ts";
import { Hub } from "./hub/hub.ts";
import { connectInProcess, type EngineLink, type InProcessListener } from "./hub/in-process.ts";
import { SessionSources } from "./hub/session-sources.ts";
import { WebServer } from "./hub/web-server.ts";
import { Projector } from "./projection/projector.ts";
import { Recordings } from "./recording/recordings.ts";
import { LogRoom } from "./session/log-room.ts";
import { createSessionParts } from "./session/session-parts.ts";
import { Sessions } from "./session/sessions.ts";
import { ConditionChecker } from "./source/condition-checker.ts";
import { Sources } from "./source/sources.ts";
import { AgentSymbolReader } from "./source/symbol-reader.ts";
import { Interpreters } from "./target/interpreters.ts";

/** The captures of all sessions may take as much memory as so many full logs. */
const LOGS_IN_ALL = 2;

export type EngineOptions = {
  /** Serves the page and the WebSocket on this port of 127.0.0.1; 0 takes any that is free. Without it nothing listens. */
  readonly port?: number;
  /** Bound of each session's captures in memory; rounded down to a power of two. */
  readonly logBytes?: number;
  /** The built page. */
  readonly pageDirectory?: string;
};

export type Engine = {
  /** Opens the page; the token is in it. Throws when the engine was started without a port. */
  readonly address: string;
  /** The API, without a wire. */
  connect(listener: InProcessListener): EngineLink;
  /** Ends every program at once, finishes the recordings, and lets go of everything. */
  close(): Promise<void>;
  /** Resolves when the engine has closed, whoever asked for it. */
  readonly closed: Promise<void>;
};

/** Throws a `CannotListenError` when the port is in use. */
export async function startEngine(options: EngineOptions = {}): Promise<Engine> {
  await using stack = new AsyncDisposableStack();
  const closed = createDeferred<void>();
  const sessions = await createSessions(stack, options);
  const projector = stack.adopt(new Projector(), (pool) => pool.dispose());
  const recordings = stack.adopt(new Recordings(), (all) => all.close());
  new LogRoom(sessions.sessions, {
    maxBytes: LOGS_IN_ALL * (options.logBytes ?? defaultLogBytes()),
    settle: (session) => recordings.flush(session),
  });
  stack.defer(() => sessions.sessions.dispose());
  const hub = stack.adopt(
    new Hub({
      ...sessions,
      projector,
      recordings,
      onShutdown: () => void sessions.sessions.stop().finally(close),
    }),
    (open) => open.dispose(),
  );
  const server = options.port === undefined ? undefined : await startServer(stack, hub, options);
  const resources = stack.move();
  let closing: Promise<void> | undefined;
  function close(): Promise<void> {
    closing ??= resources.disposeAsync().finally(closed.resolve);
    return closing;
  }
  return {
    get address() {
      if (server === undefined) throw new Error("Cannot tell the engine's address: it was started without a port");
      return server.address;
    },
    connect: (listener) => connectInProcess(hub, listener),
    close,
    closed: closed.promise,
  };
}

async function createSessions(stack: AsyncDisposableStack, options: EngineOptions) {
  const agentFolder = findAgentFolder();
  const runtime = stack.adopt(socketDirectory(), (directory) => directory.dispose());
  const ringSpace = stack.adopt(new RingSpace(), (space) => space.dispose());
  const links = stack.adopt(new LinkServer({ runtime }), (server) => server.dispose());
  const sources = stack.adopt(new Sources(new AgentSymbolReader(agentFolder)), (all) => all.dispose());
  await Promise.all([links.listen(), clearStale()]);
  const interpreters = new Interpreters();
  const { logBytes } = options;
  const sessions = new Sessions(
    createSessionParts({
      createLog: () => new CaptureLog(logBytes === undefined ? {} : { maxBytes: logBytes }),
      interpreters,
      sources,
      startAdapter: createAgentAdapters({ server: links, ringSpace, agentFolder }),
    }),
  );
  return {
    sessions,
    sources: new SessionSources(sources),
    conditions: new ConditionChecker(agentFolder),
    listInterpreters: (near: string | undefined) => interpreters.list({ near: near ?? process.cwd() }),
  };
}

async function startServer(stack: AsyncDisposableStack, hub: Hub, options: EngineOptions): Promise<WebServer> {
  const pageDirectory = options.pageDirectory ?? findPageDirectory();
  const server = new WebServer(hub, { pageDirectory });
  await server.listen(options.port ?? 0);
  stack.defer(() => server.close());
  return server;
}

/** The built page: beside the built engine, or where the source tree builds it. */
function findPageDirectory(): string {
  const from = fileURLToPath(new URL(".", import.meta.url));
  const places = [join(from, "page"), join(from, "..", "page"), join(from, "..", "..", "ui", "dist")];
  return places.find((place) => existsSync(join(place, "index.html"))) ?? join(from, "page");
}
