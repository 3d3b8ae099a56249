/**
 * One process with an agent in it, from its `welcome` to the last capture that it committed. It owns the link and, when there
 * is shared memory, the ring reader and the ring files. What it learns it tells through the adapter's events.
 */
import { readdir, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Dispose, Emitter } from "@pyprobe/base";
import {
  type AgentEvent,
  type AgentMessage,
  type AgentProbe,
  type Hello,
  type Limits,
  PROTOCOL_VERSION,
  type ProbeId,
  type ProbeMode,
  PYPROBE_VERSION,
  paddedBytes,
  probeNumber,
  RECORD_BYTES,
  RecordError,
  recordOffsets,
  type Target,
  type Welcome,
} from "@pyprobe/protocol";
import type { AdapterEvents, AgentTotals, RunRequest } from "../session/adapter.ts";
import { Collected } from "./collected.ts";
import { AgentRefusal, type Link } from "./link.ts";
import type { LogTurn } from "./log-turn.ts";
import { RingFile } from "./ring-file.ts";
import { RingReader } from "./ring-reader.ts";

/** Names whose values never leave the program. Compared without case, anywhere in the name; those of five letters and fewer as a word of it. */
export const REDACTED_NAMES = [
  "password",
  "passwd",
  "secret",
  "token",
  "access_token",
  "accesstoken",
  "auth_token",
  "authtoken",
  "api_token",
  "apitoken",
  "refresh_token",
  "api_key",
  "apikey",
  "private_key",
  "credential",
  "authorization",
  "cookie",
  "session_id",
  "ssn",
  "credit_card",
  "card_number",
  "cvv",
];

export type AgentTargetOptions = {
  readonly link: Link;
  readonly hello: Hello;
  readonly request: RunRequest;
  readonly rings: Welcome["rings"];
  readonly events: Emitter<AdapterEvents>;
  /** Shared by all processes of a session. */
  readonly turn: LogTurn;
};

export class AgentTarget {
  readonly pid: number;
  /** Resolves when the process is gone and everything that it committed has been collected. */
  readonly left: Promise<void>;
  readonly #options: AgentTargetOptions;
  readonly #totals = new Map<ProbeId, AgentTotals>();
  /** Of captures that came as packets; those from rings are counted by the reader. */
  readonly #arrived = new Collected();
  readonly #packets: Uint8Array[] = [];
  readonly #unsubscribe: Dispose[];
  #reader: RingReader | undefined;
  #files: string[] = [];
  #hasEnded = false;
  #isExplained = false;

  constructor(options: AgentTargetOptions) {
    this.#options = options;
    this.pid = options.hello.pid;
    const { link, request } = options;
    link.events.on("message", (message) => this.#message(message));
    link.events.on("records", (bytes) => this.#receive(bytes));
    link.events.on("silent", () =>
      this.#notice("warning", "has not answered for a while: it may hold the interpreter"),
    );
    this.#unsubscribe = [
      request.sink.changes.on("room", () => this.#takePackets()),
      options.turn.events.on("freed", () => this.#takePackets()),
    ];
    this.left = new Promise((resolve) => {
      link.events.on("closed", ({ reason }) => {
        const fault = (error: unknown) => this.#notice("error", `could not be finished: ${error}`);
        void this.#finish(reason).catch(fault).finally(resolve);
      });
    });
  }

  /** The agent has said that all is told, or the link was lost for a reason that is told. Else the process has ended, or closed its link. */
  get isExplained(): boolean {
    return this.#hasEnded || this.#isExplained;
  }

  get target(): Target {
    const { pid, parent, python, executable, mechanism } = this.#options.hello;
    return { pid, parent, python, executable, mechanism, state: "running" };
  }

  /** The program's first line may run. */
  welcome(): void {
    const { link, request, rings } = this.#options;
    link.send({
      type: "welcome",
      protocol: PROTOCOL_VERSION,
      engine: PYPROBE_VERSION,
      session: request.session,
      rings,
      limits: request.limits(),
      probes: [...request.probes()],
      redact: REDACTED_NAMES,
    });
  }

  addProbe({ id, anchor, mode }: AgentProbe): void {
    this.#ask("probe.add", { id, anchor, mode }, id);
  }

  removeProbe(id: ProbeId): void {
    this.#ask("probe.remove", { id }, id);
  }

  updateProbe(id: ProbeId, mode: ProbeMode): void {
    this.#ask("probe.update", { id, mode }, id);
  }

  setLimits(limits: Limits): void {
    this.#ask("limits.update", limits, undefined);
  }

  close(reason?: string): void {
    this.#options.link.close(reason);
  }

  #ask(
    call: "probe.add" | "probe.remove" | "probe.update" | "limits.update",
    params: unknown,
    probe: ProbeId | undefined,
  ) {
    this.#options.link.request(call, params).catch((error: unknown) => {
      // A link that closed has its own end; only what the agent itself refuses is told here.
      if (!(error instanceof AgentRefusal)) return;
      if (probe === undefined) this.#notice("warning", error.message);
      else {
        const report = { pid: this.pid, probe, state: "failed", code: "fault", message: error.message } as const;
        this.#options.events.emit("placed", report);
      }
    });
  }

  #message(message: AgentMessage): void {
    if (message.type === "event") this.#event(message);
    else this.close(`Cannot go on with agent: it sent ${message.type} again`);
  }

  #event(event: AgentEvent): void {
    const { events } = this.#options;
    const { pid } = this;
    switch (event.event) {
      case "rings":
        this.#openRings(event);
        return;
      case "probe": {
        const { id, state, code, message } = event;
        events.emit("placed", { pid, probe: id, state, ...(code && { code }), ...(message && { message }) });
        return;
      }
      case "counters": {
        const probes = event.probes.map(({ id, ...counts }) => ({ probe: id, ...counts }));
        for (const totals of probes) this.#totals.set(totals.probe, totals);
        events.emit("totals", { pid, probes });
        this.#reader?.wake();
        return;
      }
      case "exception": {
        const { exception: type, message, file, line, thread, frames } = event;
        events.emit("exception", { pid, type, message, file, line, thread, frames });
        return;
      }
      case "notice":
        events.emit("notice", { level: event.level, message: event.message });
        return;
      case "end":
        this.#hasEnded = true;
        this.#reader?.wake();
    }
  }

  /** A program that was killed as soon as it ran has made rings and could not say so. */
  async #findRings(): Promise<void> {
    const { rings } = this.#options;
    if (rings === null) return;
    const names = await readdir(rings.directory).catch(() => []);
    const find = (ending: string) => names.findLast((name) => name.startsWith(`${this.pid}-`) && name.endsWith(ending));
    const [records, bulk] = [find(".records"), find(".bulk")];
    if (records !== undefined && bulk !== undefined) this.#openRings({ records, bulk });
  }

  #openRings({ records, bulk }: { records: string; bulk: string }): void {
    const { rings, events, request } = this.#options;
    const { pid } = this;
    if (rings === null || this.#reader !== undefined) {
      this.close("Cannot go on with agent: it announced rings that nobody asked for");
      return;
    }
    try {
      // Whatever the agent says, only files in the directory that it was given are opened.
      const recordsPath = join(rings.directory, basename(records));
      const bulkPath = join(rings.directory, basename(bulk));
      this.#files = [recordsPath, bulkPath];
      const recordsFile = new RingFile(recordsPath, "records", pid);
      const bulkFile = new RingFile(bulkPath, "bulk", pid);
      events.emit("clock", { pid, clockNs: recordsFile.clockNs, wallNs: recordsFile.wallNs });
      this.#reader = new RingReader({
        pid,
        records: recordsFile,
        bulk: bulkFile,
        sink: request.sink,
        turn: this.#options.turn,
        onCollected: (collected) => this.#tell(collected),
        onFailed: (error) => this.close(`Cannot read rings: ${error instanceof Error ? error.message : error}`),
      });
    } catch (error) {
      this.close(error instanceof Error ? error.message : String(error));
    }
  }

  #receive(bytes: Uint8Array): void {
    this.#packets.push(bytes);
    this.#takePackets();
  }

  /** Takes what came as packets while the log has room; the link rests when it has none. */
  #takePackets(): void {
    if (this.#packets.length === 0) return;
    const { link, request, turn } = this.#options;
    const { sink } = request;
    for (let bytes = this.#packets[0]; bytes !== undefined; bytes = this.#packets[0]) {
      // Of more than the log holds at a time all waits for as much room as there can be.
      if (turn.isTaken || sink.isFull(Math.min(bytes.length, sink.maxRecordBytes))) {
        link.pause();
        return;
      }
      this.#packets.shift();
      if (!this.#append(bytes)) return;
    }
    link.resume();
    this.#tell(this.#arrived);
  }

  /** False when the bytes were not records: the link is closed then. */
  #append(bytes: Uint8Array): boolean {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const { sink } = this.#options.request;
    try {
      for (let offset = 0; offset < bytes.length; ) {
        if (bytes.length - offset < RECORD_BYTES) throw new RecordError("Cannot read records of agent: one is cut off");
        const length = view.getUint32(offset + recordOffsets.length, true);
        const probe = view.getUint16(offset + recordOffsets.probe, true);
        if (length > sink.maxRecordBytes) this.#arrived.lose(probe);
        else {
          sink.append(this.pid, bytes, offset);
          this.#arrived.add(probe, length);
        }
        offset += paddedBytes(length);
      }
      return true;
    } catch (error) {
      if (!(error instanceof RecordError || error instanceof RangeError)) throw error;
      this.close(error.message);
      return false;
    }
  }

  #tell(collected: Collected): void {
    const probes = collected.takeChanged();
    if (probes.length > 0) this.#options.events.emit("collected", { pid: this.pid, probes });
  }

  async #finish(reason: string | undefined): Promise<void> {
    const { events, request, turn } = this.#options;
    if (this.#reader === undefined) await this.#findRings();
    await this.#reader?.finish();
    while (this.#packets.length > 0) {
      this.#takePackets();
      if (turn.isTaken) await turn.nextFree();
      else if (this.#packets.length > 0) await request.sink.changes.next("room");
    }
    for (const dispose of this.#unsubscribe) dispose();
    this.#isExplained = reason !== undefined;
    if (reason !== undefined) this.#notice("error", `lost its link: ${reason}`);
    const collected = this.#reader?.collected ?? this.#arrived;
    events.emit("left", { pid: this.pid, lost: this.#lost(collected), unattributed: collected.unattributed });
    await Promise.all(this.#files.map((file) => rm(file, { force: true }).catch(() => undefined)));
  }

  /** What was seen to be missing and, after an orderly end, what the agent's totals say is missing. */
  #lost(collected: Collected): ReadonlyMap<ProbeId, number> {
    const lost = new Map(collected.lost);
    if (!this.#hasEnded) return lost;
    for (const { probe, captures } of this.#totals.values()) {
      const missing = captures - collected.captures(probeNumber(probe));
      if (missing > (lost.get(probe) ?? 0)) lost.set(probe, missing);
    }
    return lost;
  }

  #notice(level: "warning" | "error", what: string): void {
    this.#options.events.emit("notice", { level, message: `Process ${this.pid} ${what}` });
  }
}
