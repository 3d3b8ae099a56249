/**
 * What a scope showed just before, so that its lens can let it fade behind the newest, as the phosphor of an oscilloscope does. Nothing of it
 * is left in a picture that stands. Owned by its view, which disposes it.
 */
import type { ViewPacket } from "@pyprobe/protocol";

const PACKETS = 3;
/** No newer one for so long: the picture stands. */
const STANDS_MS = 400;

export class Afterglow {
  readonly #onFaded: () => void;
  #newest: ViewPacket | undefined;
  #trail: readonly ViewPacket[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onFaded: () => void) {
    this.#onFaded = onFaded;
  }

  /** Newest first, without the one that is shown. */
  get trail(): readonly ViewPacket[] {
    return this.#trail;
  }

  /** The packet that is shown from now on. One of the same capture takes the place of the one before. */
  show(packet: ViewPacket): void {
    const before = this.#newest;
    this.#newest = packet;
    if (before === undefined || !isArrayOnPlane(before) || !isArrayOnPlane(packet)) {
      this.clear();
      return;
    }
    if (isSameCapture(before, packet)) return;
    this.#trail = [before, ...this.#trail].slice(0, PACKETS);
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.clear();
      this.#onFaded();
    }, STANDS_MS);
  }

  /** Also ends what waits. */
  clear(): void {
    clearTimeout(this.#timer);
    this.#trail = [];
  }
}

/** The history of a complex scalar has its past in itself. */
function isArrayOnPlane({ head }: ViewPacket): boolean {
  return head.lens === "constellation" && head.meta.source === "array";
}

function isSameCapture(a: ViewPacket, b: ViewPacket): boolean {
  const [one, other] = [a.head.capture, b.head.capture];
  return one?.seq === other?.seq && one?.tags.pid === other?.tags.pid;
}
