/**
 * The events on their way to one client. While the client keeps up they go straight through. While it does not, newer ones
 * replace or join older ones of their kind, so that what waits is bounded by the number of things there are, not by time.
 */
import { assertNever } from "@pyprobe/base";
import type { ApiEvent, EventParams, Output } from "@pyprobe/protocol";
import { outputLength } from "../session/join-output.ts";

const MAX_OUTPUT_CHARACTERS = 256 * 1024;
const MAX_SINGLE_EVENTS = 200;

type Waiting = { readonly key: string; readonly event: ApiEvent };

export class EventOutbox {
  readonly #send: (event: ApiEvent) => void;
  readonly #isCongested: () => boolean;
  /** In the order of sending. */
  readonly #waiting = new Map<string, ApiEvent>();
  #singles = 0;
  #dropped = 0;

  constructor(options: { send: (event: ApiEvent) => void; isCongested: () => boolean }) {
    this.#send = options.send;
    this.#isCongested = options.isCongested;
  }

  /** Events that waited too long and had to go: exceptions and notices beyond the newest. */
  get dropped(): number {
    return this.#dropped;
  }

  get size(): number {
    return this.#waiting.size;
  }

  push(event: ApiEvent): void {
    if (this.#waiting.size === 0 && !this.#isCongested()) {
      this.#send(event);
      return;
    }
    const { key, event: joined } = this.#join(event);
    this.#waiting.set(key, joined);
  }

  /** Sends what waits, as long as the client takes it. */
  flush(): void {
    for (const [key, event] of this.#waiting) {
      if (this.#isCongested()) return;
      this.#waiting.delete(key);
      this.#send(event);
    }
  }

  #join(event: ApiEvent): Waiting {
    switch (event.method) {
      case "session.closed":
        this.#forget(event.params.session);
        return { key: `session ${event.params.session}`, event };
      case "session.changed":
        return this.#replace(`session ${event.params.info.id}`, event);
      case "probe.changed":
        return this.#replace(`probe ${event.params.session} ${event.params.probe.id}`, event);
      case "probe.removed":
        return this.#replace(`probe ${event.params.session} ${event.params.probe}`, event);
      case "source.changed":
        return { key: `source ${event.params.session} ${event.params.file}`, event };
      case "probe.counters": {
        const key = `counters ${event.params.session}`;
        const older = this.#find(key, "probe.counters");
        if (older === undefined) return { key, event };
        const counters = newestByProbe(older.counters, event.params.counters);
        return { key, event: { ...event, params: { ...event.params, counters } } };
      }
      case "probe.values": {
        const key = `values ${event.params.session}`;
        const older = this.#find(key, "probe.values");
        if (older === undefined) return { key, event };
        const values = newestByProbe(older.values, event.params.values);
        return { key, event: { ...event, params: { ...event.params, values } } };
      }
      case "session.output": {
        const key = `output ${event.params.session}`;
        const older = this.#find(key, "session.output");
        return {
          key,
          event: { ...event, params: older === undefined ? event.params : joinOutput(older, event.params) },
        };
      }
      case "session.exception":
      case "notice":
      case "captures":
        return this.#single(event);
      default:
        return assertNever(event);
    }
  }

  #find<Name extends ApiEvent["method"]>(key: string, method: Name): EventParams<Name> | undefined {
    const event = this.#waiting.get(key);
    return event?.method === method ? (event.params as EventParams<Name>) : undefined;
  }

  /** Nothing more is said of a session that was closed. */
  #forget(session: string): void {
    for (const [key, { params }] of this.#waiting) {
      if ("session" in params ? params.session === session : params.info.id === session) this.#waiting.delete(key);
    }
  }

  /** The newer one takes its place at the end: a probe may be removed and come back, and a session ends after its last output. */
  #replace(key: string, event: ApiEvent): Waiting {
    this.#waiting.delete(key);
    return { key, event };
  }

  #single(event: ApiEvent): Waiting {
    this.#singles += 1;
    const waiting = [...this.#waiting.keys()].filter((key) => key.startsWith("single "));
    const oldest = waiting[0];
    if (waiting.length >= MAX_SINGLE_EVENTS && oldest !== undefined) {
      this.#waiting.delete(oldest);
      this.#dropped += 1;
    }
    return { key: `single ${this.#singles}`, event };
  }
}

function newestByProbe<T extends { readonly probe: string }>(older: readonly T[], newer: readonly T[]): T[] {
  return [...new Map([...older, ...newer].map((item) => [item.probe, item])).values()];
}

function joinOutput(
  older: EventParams<"session.output">,
  newer: EventParams<"session.output">,
): EventParams<"session.output"> {
  const output: Output[] = [...older.output, ...newer.output];
  let characters = output.reduce((sum, entry) => sum + outputLength(entry), 0);
  let dropped = older.dropped + newer.dropped;
  while (characters > MAX_OUTPUT_CHARACTERS && output.length > 1) {
    const oldest = output.shift();
    if (oldest === undefined) break;
    characters -= outputLength(oldest);
    dropped += oldest.text.length;
  }
  return { ...newer, output, dropped };
}
