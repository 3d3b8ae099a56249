/**
 * Sends every capture of a session to one client, in the order in which they arrived, decoded. One that holds back retains its place
 * in the log: when the client does not keep up, the log fills, the agent's ring fills, and the program waits or skips by its
 * probes' modes. One that does not hears of what it missed.
 */
import type { ApiEvent, Capture, SessionId } from "@pyprobe/protocol";
import { captureJson } from "../capture/capture-json.ts";
import type { CaptureLog, Retention } from "../capture/capture-log.ts";

const BATCH_CAPTURES = 512;
/** How long one turn may take before the event loop gets its own. */
const TURN_MS = 8;

export type FollowerParts = {
  readonly session: SessionId;
  readonly log: CaptureLog;
  readonly holdsBack: boolean;
  readonly send: (event: ApiEvent) => void;
  readonly isCongested: () => boolean;
  /** A capture that cannot be decoded; told once. */
  readonly onUnreadable: (reason: string) => void;
  /** Captures left the log before they were sent; told once. */
  readonly onMissed: () => void;
};

export class Follower {
  readonly #parts: FollowerParts;
  readonly #retention: Retention | undefined;
  /** Of the next capture to be sent. */
  #place: number;
  readonly #unsubscribe: () => void;
  /** Things to do when everything up to `place` was sent. */
  #afterwards: { place: number; run: () => void }[] = [];
  #isScheduled = false;
  #isDisposed = false;
  #hasToldUnreadable = false;
  #hasToldMissed = false;

  constructor(parts: FollowerParts) {
    this.#parts = parts;
    this.#place = parts.log.ring.head;
    this.#retention = parts.holdsBack ? parts.log.retain() : undefined;
    this.#unsubscribe = parts.log.changes.on("captures", () => this.pump());
  }

  /** How much waits for captures that come before it. */
  get heldCount(): number {
    return this.#afterwards.length;
  }

  /** Runs it when every capture that is in the log by now was sent. */
  whenCaughtUp(run: () => void): void {
    const { head } = this.#parts.log.ring;
    if (this.#afterwards.length === 0 && this.#place === head) run();
    else this.#afterwards.push({ place: head, run });
  }

  pump(): void {
    if (this.#isScheduled || this.#isDisposed || this.#parts.isCongested()) return;
    this.#isScheduled = true;
    setImmediate(() => {
      this.#isScheduled = false;
      if (!this.#isDisposed) this.#turn();
    });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#unsubscribe();
    this.#retention?.release();
    this.#afterwards = [];
  }

  #turn(): void {
    const { session, send, isCongested, log } = this.#parts;
    const untilMs = performance.now() + TURN_MS;
    while (!isCongested() && performance.now() < untilMs) {
      const place = this.#afterwards[0]?.place ?? log.ring.head;
      const captures = this.#read(place, untilMs);
      if (captures.length > 0) send({ method: "captures", params: { session, captures } });
      this.#runAfterwards();
      if (this.#place === log.ring.head) return;
    }
    // While the client is congested its transport pumps again.
    if (!isCongested()) this.pump();
  }

  #read(until: number, untilMs: number): Capture[] {
    const { log } = this.#parts;
    const { ring } = log;
    const captures: Capture[] = [];
    let place = this.#firstKept();
    while (
      place !== until &&
      captures.length < BATCH_CAPTURES &&
      (captures.length % 16 > 0 || performance.now() < untilMs)
    ) {
      const track = ring.isFiller(place) ? undefined : log.findTrack(ring.trackOf(place));
      if (track !== undefined) this.#decode(place, track, captures);
      place = ring.nextPlace(place);
    }
    this.#place = place;
    if (this.#retention !== undefined) log.advance(this.#retention, place);
    return captures;
  }

  /** Where the log begins, when what comes next was dropped. */
  #firstKept(): number {
    const { ring } = this.#parts.log;
    if (ring.isIntact(this.#place)) return this.#place;
    if (!this.#hasToldMissed) this.#parts.onMissed();
    this.#hasToldMissed = true;
    return ring.tail;
  }

  #decode(place: number, origin: { pid: number; originNs: bigint }, captures: Capture[]): void {
    const { ring } = this.#parts.log;
    const start = ring.recordOffset(place);
    try {
      captures.push(captureJson(ring.bytes.subarray(start, start + ring.view.getUint32(start, true)), origin));
    } catch (error) {
      // Whatever is wrong with one capture, the others are still to be sent.
      if (!this.#hasToldUnreadable) this.#parts.onUnreadable(error instanceof Error ? error.message : String(error));
      this.#hasToldUnreadable = true;
    }
  }

  #runAfterwards(): void {
    while (this.#afterwards[0] !== undefined && ((this.#place - this.#afterwards[0].place) | 0) >= 0) {
      this.#afterwards.shift()?.run();
    }
  }
}
