/**
 * Brings what happens in one session to the clients that subscribed to it: state at once, output and values at the pace of
 * eyes. Owned by the hub, for as long as the session.
 */
import type { Dispose } from "@pyprobe/base";
import {
  type ApiEvent,
  type EventParams,
  type InlineValue,
  type Output,
  type ProbeId,
  probeIdOf,
  RECORD_BYTES,
  type SessionId,
} from "@pyprobe/protocol";
import { describe } from "../capture/capture-json.ts";
import { capturedData } from "../capture/captured-data.ts";
import type { Captures, FoundCapture } from "../capture/captures.ts";
import { inlineText } from "../capture/inline-text.ts";
import type { Projector } from "../projection/projector.ts";
import { joinOutput } from "../session/join-output.ts";
import type { Session } from "../session/session.ts";
import type { Client } from "./client.ts";
import type { View } from "./view.ts";

const VALUES_MS = 100;
/** To describe large values takes as long as to project them: so many times longer they are then left alone, at most a second. */
const REST_FACTOR = 10;
const LONGEST_REST_MS = 1000;
const OUTPUT_MS = 25;
/** Larger captures are described by a worker. */
const SMALL_CAPTURE_BYTES = RECORD_BYTES + 8192;

export class SessionFeed {
  readonly #session: Session;
  readonly #captures: Captures;
  readonly #projector: Projector;
  readonly #subscribers = new Set<Client>();
  /** Those of them that must not miss any output. */
  readonly #waiters = new Set<Client>();
  readonly #views = new Map<ProbeId, Set<View>>();
  readonly #unsubscribe: Dispose[];
  /** Probes with captures that no `probe.values` has shown. */
  #unshown = new Set<ProbeId>();
  #valuesTimer: NodeJS.Timeout | undefined;
  #outputTimer: NodeJS.Timeout | undefined;
  #output: Output[] = [];
  #isDescribing = false;
  /** Until then large values are not described again. */
  #restUntilMs = 0;

  constructor(session: Session, parts: { captures: Captures; projector: Projector }) {
    this.#session = session;
    this.#captures = parts.captures;
    this.#projector = parts.projector;
    const { id, events } = session;
    this.#unsubscribe = [
      session.log.changes.on("captures", (probes) => this.#captured(probes)),
      session.log.changes.on("moved", () => this.#projector.forget(this.#captures.home)),
      events.on("changed", () => this.#flushOutput()),
      events.on("probe_changed", (probe) => this.#tell({ method: "probe.changed", params: { session: id, probe } })),
      events.on("probe_removed", (probe) => this.#tell({ method: "probe.removed", params: { session: id, probe } })),
      events.on("counters", (counters) =>
        this.#tell({
          method: "probe.counters",
          params: { session: id, counters: [...counters], log: session.log.usage },
        }),
      ),
      events.on("output", (output) => this.#addOutput(output)),
      events.on("exception", (exception) => {
        this.#flushOutput();
        this.#tell({ method: "session.exception", params: { session: id, exception } });
      }),
      events.on("notice", ({ level, message }) =>
        this.#tell({ method: "notice", params: { session: id, level, message } }),
      ),
    ];
  }

  get id(): SessionId {
    return this.#session.id;
  }

  get captures(): Captures {
    return this.#captures;
  }

  subscribe(client: Client, options: { waits?: boolean } = {}): void {
    const interest = `session ${this.id}`;
    this.#flushOutput();
    this.#subscribers.add(client);
    if (options.waits) this.#waiters.add(client);
    if (client.has(interest)) return;
    client.keep({ session: this.id, what: interest }, () => {
      this.#subscribers.delete(client);
      this.#waiters.delete(client);
    });
  }

  addView(view: View): void {
    const views = this.#views.get(view.probe);
    if (views === undefined) this.#views.set(view.probe, new Set([view]));
    else views.add(view);
  }

  removeView(view: View): void {
    this.#views.get(view.probe)?.delete(view);
  }

  notify(level: EventParams<"notice">["level"], message: string): void {
    this.#tell({ method: "notice", params: { session: this.id, level, message } });
  }

  dispose(): void {
    for (const dispose of this.#unsubscribe) dispose();
    clearTimeout(this.#valuesTimer);
    clearTimeout(this.#outputTimer);
    this.#projector.forget(this.#captures.home);
    this.#subscribers.clear();
    this.#views.clear();
  }

  #tell(event: ApiEvent): void {
    for (const client of this.#subscribers) client.tell(event, this.id);
  }

  #captured(probes: ReadonlySet<number>): void {
    for (const number of probes) {
      const probe = probeIdOf(number);
      for (const view of this.#views.get(probe) ?? []) if (view.isLive) view.pump();
      this.#unshown.add(probe);
    }
    if (this.#subscribers.size > 0) this.#valuesTimer ??= setTimeout(() => void this.#showValues(), VALUES_MS);
  }

  async #showValues(): Promise<void> {
    this.#valuesTimer = undefined;
    // A slow description of the last values: these are shown when it has come.
    if (this.#isDescribing) return;
    this.#isDescribing = true;
    const startedMs = performance.now();
    const probes = this.#unshown;
    this.#unshown = new Set();
    try {
      const values = await Promise.all([...probes].map((probe) => this.#inlineValue(probe)));
      const shown = values.filter((value) => value !== undefined);
      if (shown.length > 0) this.#tell({ method: "probe.values", params: { session: this.id, values: shown } });
    } finally {
      this.#isDescribing = false;
      const nowMs = performance.now();
      if (startedMs >= this.#restUntilMs)
        this.#restUntilMs = nowMs + Math.min(LONGEST_REST_MS, REST_FACTOR * (nowMs - startedMs));
    }
    if (this.#unshown.size > 0) this.#valuesTimer ??= setTimeout(() => void this.#showValues(), VALUES_MS);
  }

  async #inlineValue(probe: ProbeId): Promise<InlineValue | undefined> {
    const found = this.#captures.findNewest(probe);
    if (found === undefined) return undefined;
    const text = await this.#textOf(probe, found);
    return text === undefined ? undefined : { probe, text, tNs: found.tNs, captures: found.arrivals };
  }

  /** Undefined when it is not to be had now. */
  async #textOf(probe: ProbeId, found: FoundCapture): Promise<string | undefined> {
    try {
      const read = this.#captures.read(found, { maxBytes: SMALL_CAPTURE_BYTES });
      if (read !== undefined) return inlineText(describe(capturedData(read.record)));
      if (performance.now() < this.#restUntilMs) {
        this.#unshown.add(probe);
        return undefined;
      }
      const described = await this.#projector.describe(found.source);
      return described.kind === "text" ? described.text : undefined;
    } catch {
      return "(unreadable)";
    }
  }

  #addOutput(output: Output): void {
    const last = this.#output.at(-1);
    const joined = last === undefined ? undefined : joinOutput(last, output);
    if (joined === undefined) this.#output.push(output);
    else this.#output[this.#output.length - 1] = joined;
    this.#outputTimer ??= setTimeout(() => this.#flushOutput(), OUTPUT_MS);
  }

  #flushOutput(): void {
    clearTimeout(this.#outputTimer);
    this.#outputTimer = undefined;
    const output = this.#output;
    if (output.length === 0) return;
    this.#output = [];
    this.#tell({ method: "session.output", params: { session: this.id, output, dropped: 0 } });
    this.#paceOutput();
  }

  /** No more is read of what the program writes until the clients that must not miss any of it have taken what they were told. */
  #paceOutput(): void {
    const behind = [...this.#waiters].find((client) => client.isBehind);
    this.#session.holdOutput(behind !== undefined);
    behind?.whenTaken(() => this.#paceOutput());
  }
}
