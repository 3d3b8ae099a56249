/** An engine without clients: everything that sessions need, put together as `main.ts` does. */

import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type AnchorQuery,
  type CallArguments,
  decodeRecord,
  type Interpreter,
  type Line1,
  type ProbeId,
  type ProbeMode,
  type Program,
  probeNumber,
  type SessionState,
} from "@pyprobe/protocol";
import { afterEach } from "vitest";
import { createAgentAdapters } from "../src/agent/agent-adapter.ts";
import { findAgentFolder } from "../src/agent/agent-command.ts";
import { LinkServer } from "../src/agent/link-server.ts";
import { RingSpace } from "../src/agent/ring-space.ts";
import { RuntimeDirectory } from "../src/agent/runtime-directory.ts";
import { CaptureLog } from "../src/capture/capture-log.ts";
import type { Session } from "../src/session/session.ts";
import { createSessionParts } from "../src/session/session-parts.ts";
import { Sessions } from "../src/session/sessions.ts";
import { Sources } from "../src/source/sources.ts";
import { AgentSymbolReader } from "../src/source/symbol-reader.ts";
import { Interpreters } from "../src/target/interpreters.ts";
import { targetFile } from "./pythons.ts";

export type BenchOptions = {
  readonly transport?: "local" | "tcp";
  /** `none`: captures come as packets. */
  readonly rings?: "shared" | "none";
  readonly stopStepMs?: number;
  readonly logBytes?: number;
  /** Another agent than the one of this repository. */
  readonly agentFolder?: string;
};

export type LaunchOptions = Partial<Omit<CallArguments<"session.launch">, "probes" | "program">> & {
  readonly program?: Program;
  /** `5:total`, `5:9:total` (columns from 1) in the program's own file. */
  readonly probes?: readonly string[];
  readonly mode?: ProbeMode;
};

export class SessionBench {
  readonly sessions: Sessions;
  readonly sources: Sources;
  readonly server: LinkServer;
  readonly #folder: string;
  readonly #runtime: RuntimeDirectory;
  readonly #ringSpace: RingSpace;

  private constructor(folder: string, options: BenchOptions) {
    this.#folder = folder;
    this.#runtime = new RuntimeDirectory(folder);
    this.server = new LinkServer({ runtime: this.#runtime, transport: options.transport ?? "local" });
    const shared = existsSync("/dev/shm") ? "/dev/shm" : folder;
    this.#ringSpace = new RingSpace(options.rings === "none" ? [] : [shared]);
    const agentFolder = options.agentFolder ?? findAgentFolder();
    this.sources = new Sources(new AgentSymbolReader(findAgentFolder()));
    const parts = createSessionParts({
      createLog: () => new CaptureLog({ maxBytes: options.logBytes ?? 64 * 1024 * 1024 }),
      interpreters: new Interpreters(),
      sources: this.sources,
      startAdapter: createAgentAdapters({
        server: this.server,
        ringSpace: this.#ringSpace,
        agentFolder,
        stopStepMs: options.stopStepMs ?? 2000,
      }),
    });
    this.sessions = new Sessions(parts);
  }

  static async open(options: BenchOptions = {}): Promise<SessionBench> {
    const bench = new SessionBench(await mkdtemp(join(tmpdir(), "bench-")), options);
    await bench.server.listen();
    return bench;
  }

  launch(python: Interpreter, target: string, options: LaunchOptions = {}): Session {
    const file = target.startsWith("/") ? target : targetFile(target);
    const { probes = [], mode = { kind: "every" }, ...rest } = options;
    return this.sessions.launch({
      program: { kind: "script", path: file },
      args: [],
      python: python.path,
      hold: false,
      ...rest,
      probes: probes.map((probe) => ({ query: queryOf(probe, file), mode })),
    });
  }

  /** Paths of ring files that exist now. */
  async ringFiles(): Promise<string[]> {
    const parent = existsSync("/dev/shm") ? "/dev/shm" : this.#folder;
    const names = await readdir(parent, { recursive: true }).catch(() => []);
    return names.filter((name) => name.includes(`-${process.pid}-`) && /\.(records|bulk)$/.test(name));
  }

  /** Everything goes; throws when something was left open. */
  async close(): Promise<void> {
    await this.sessions.dispose();
    await this.server.dispose();
    const rings = await this.ringFiles();
    await this.#ringSpace.dispose();
    await this.#runtime.dispose();
    this.sources.dispose();
    await rm(this.#folder, { recursive: true });
    if (this.server.linkCount > 0) throw new Error(`${this.server.linkCount} links are left open`);
    if (rings.length > 0) throw new Error(`ring files are left: ${rings.join(", ")}`);
  }
}

/** For a file of tests: opens benches that are closed after the test that opened them. */
export function useBench(): (options?: BenchOptions) => Promise<SessionBench> {
  const benches: SessionBench[] = [];
  afterEach(async () => {
    for (const bench of benches.splice(0)) await bench.close();
  });
  return async (options = {}) => {
    const bench = await SessionBench.open(options);
    benches.push(bench);
    return bench;
  };
}

export function queryOf(probe: string, file: string): AnchorQuery {
  const match = /^(\d+):(?:(\d+):)?(.+)$/.exec(probe);
  const [, line, column, symbol = ""] = match ?? [];
  const query = { file, line: Number(line) as Line1, symbol };
  return column === undefined ? query : { ...query, column: (Number(column) - 1) as never };
}

/** Resolves when the session has come to one of these states. */
export async function until<Kind extends SessionState["kind"]>(
  session: Session,
  ...kinds: Kind[]
): Promise<Extract<SessionState, { kind: Kind }>> {
  for (;;) {
    const { state } = session;
    if ((kinds as string[]).includes(state.kind)) return state as Extract<SessionState, { kind: Kind }>;
    if (state.kind === "failed") throw new Error(`the session failed: ${state.message}`);
    await session.events.next("changed");
  }
}

/** The end of the program's run, whatever it was. */
export async function ended(session: Session): Promise<SessionState> {
  for (;;) {
    if (["ended", "failed"].includes(session.state.kind)) return session.state;
    await session.events.next("changed");
  }
}

/** Scalar values that a probe captured in this run, in order. */
export function valuesOf(session: Session, id: string, pid?: number): (number | bigint)[] {
  const { log } = session;
  const tracks = log.tracksOf(probeNumber(id as ProbeId)).filter((track) => track.run === log.run);
  return tracks
    .filter((track) => pid === undefined || track.pid === pid)
    .flatMap((track) =>
      Array.from({ length: track.kept }, (_, index) => {
        const { value } = decodeRecord(log.record(track, track.first + index));
        return "value" in value ? value.value : Number.NaN;
      }),
    );
}

export function textOf(session: Session, stream: "stdout" | "stderr"): string {
  return session.output.entries.flatMap((entry) => (entry.stream === stream ? [entry.text] : [])).join("");
}
