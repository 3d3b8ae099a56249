/**
 * One open view of one client: it asks the workers for a packet whenever there is something new to show and the client has
 * room for it. Nothing is ever made that would wait to be sent: what is newest when there is room is what goes out.
 */
import {
  encodeViewPacket,
  type ProbeId,
  type SessionId,
  VIEW_WINDOW,
  type ViewHead,
  type ViewRequest,
} from "@pyprobe/protocol";
import type { Captures, FoundCapture } from "../capture/captures.ts";
import type { Projector } from "../projection/projector.ts";

/** A live view of several processes stays with one of them while that one captures at least this often. */
const STICKY_MS = 1000;

export type ViewParts = {
  readonly id: number;
  readonly session: SessionId;
  readonly probe: ProbeId;
  readonly captures: Captures;
  readonly projector: Projector;
  readonly send: (packet: Uint8Array<ArrayBuffer>) => void;
  readonly isCongested: () => boolean;
  readonly nowMs?: () => number;
};

type Shown = { readonly run: number; readonly pid: number; readonly seq: number; readonly arrivals: number };

export class View {
  readonly id: number;
  readonly session: SessionId;
  readonly probe: ProbeId;
  readonly #parts: ViewParts;
  readonly #nowMs: () => number;
  #request: ViewRequest;
  #isChanged = true;
  #isProjecting = false;
  #isClosed = false;
  #sent = 0;
  #drawn = 0;
  #shown: Shown | undefined;
  #stickyPid: { pid: number; seq: number; seenMs: number } | undefined;

  constructor(parts: ViewParts, request: ViewRequest) {
    this.id = parts.id;
    this.session = parts.session;
    this.probe = parts.probe;
    this.#parts = parts;
    this.#nowMs = parts.nowMs ?? performance.now.bind(performance);
    this.#request = request;
    parts.projector.warmUp();
  }

  /** Whether new captures can change what it shows. */
  get isLive(): boolean {
    return this.#request.at === "live";
  }

  update(request: ViewRequest): void {
    this.#request = request;
    this.#isChanged = true;
    this.pump();
  }

  /** The client has drawn this many packets in all. */
  acknowledge(drawn: number): void {
    this.#drawn = Math.max(this.#drawn, Math.min(drawn, this.#sent));
    this.pump();
  }

  close(): void {
    this.#isClosed = true;
  }

  /** To be called whenever something may be new: a capture, room at the client, a changed request. */
  pump(): void {
    if (this.#isClosed || this.#isProjecting || this.#parts.isCongested()) return;
    if (this.#sent - this.#drawn >= VIEW_WINDOW) return;
    const found = this.#tryFind();
    if (found === "failed") return;
    if (found === undefined) {
      if (this.#isChanged) this.#sendHead({ capture: null, ...this.#whyNothing() });
      return;
    }
    if (!this.#isChanged && this.#shown !== undefined && isSameCapture(found, this.#shown)) return;
    void this.#project(found);
  }

  async #project(found: FoundCapture): Promise<void> {
    this.#isProjecting = true;
    this.#isChanged = false;
    const skipped = this.#skippedBefore(found);
    try {
      const { id, probe, projector } = this.#parts;
      const result = await projector.project({
        view: id,
        probe,
        request: this.#request,
        source: found.source,
        skipped,
      });
      if (this.#isClosed) return;
      if (result.kind === "packet") {
        this.#shown = found;
        this.#send(result.bytes);
      } else this.#overwritten(found);
    } catch (error) {
      if (!this.#isClosed) this.#sendHead({ capture: null, error: messageOf(error) });
    } finally {
      this.#isProjecting = false;
    }
    this.pump();
  }

  /** A live view tries again with what is newest by now; a look back has nothing else to show. */
  #overwritten(found: FoundCapture): void {
    if (this.isLive) {
      this.#isChanged = true;
      return;
    }
    const error = `Cannot show capture ${found.seq}: it was dropped to make room for newer ones (record the session to keep all)`;
    this.#shown = found;
    this.#sendHead({ capture: null, error });
  }

  /** A live view waits for its first capture; a look back has a reason to be empty. */
  #whyNothing(): { error?: string } {
    const { at } = this.#request;
    if (at === "live") return {};
    const error = `There is no capture of ${this.probe} up to seq ${at.seq} of process ${at.pid}: it had made none by then, or it was dropped to make room`;
    return { error };
  }

  /** A damaged recording must not take the engine along: the view says what is wrong, once for each request. */
  #tryFind(): FoundCapture | undefined | "failed" {
    try {
      return this.#find();
    } catch (error) {
      if (this.#isChanged) this.#sendHead({ capture: null, error: messageOf(error) });
      return "failed";
    }
  }

  #find(): FoundCapture | undefined {
    const { at } = this.#request;
    const { captures } = this.#parts;
    if (at !== "live") return captures.findAtOrBefore(this.probe, at);
    const newest = captures.findNewest(this.probe);
    const sticky = this.#stickyPid;
    if (newest === undefined) return undefined;
    const nowMs = this.#nowMs();
    if (sticky !== undefined && sticky.pid !== newest.pid) {
      const ofSame = captures.findNewest(this.probe, { pid: sticky.pid });
      if (ofSame !== undefined && ofSame.seq > sticky.seq) {
        this.#stickyPid = { pid: sticky.pid, seq: ofSame.seq, seenMs: nowMs };
        return ofSame;
      }
      if (ofSame !== undefined && nowMs - sticky.seenMs < STICKY_MS) return ofSame;
    }
    this.#stickyPid = { pid: newest.pid, seq: newest.seq, seenMs: nowMs };
    return newest;
  }

  /** Captures that came since the last packet and are not shown. Nothing was missed before the first one. */
  #skippedBefore(found: FoundCapture): number {
    if (!this.isLive || this.#sent === 0) return 0;
    const before = this.#shown?.run === found.run ? this.#shown.arrivals : 0;
    return Math.max(0, found.arrivals - before - 1);
  }

  #sendHead(head: Pick<ViewHead, "capture"> & { error?: string }): void {
    this.#isChanged = false;
    const { lens } = this.#request;
    const { id, probe } = this;
    this.#send(
      encodeViewPacket({ view: id, probe, lens, value: null, reduction: null, skipped: 0, meta: {}, ...head }, {}),
    );
  }

  #send(packet: Uint8Array<ArrayBuffer>): void {
    this.#sent += 1;
    this.#parts.send(packet);
  }
}

function isSameCapture(found: FoundCapture, shown: Shown): boolean {
  return found.run === shown.run && found.pid === shown.pid && found.seq === shown.seq;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
