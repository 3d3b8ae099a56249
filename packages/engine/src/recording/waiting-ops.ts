/**
 * What waits to be written beside captures. Bounded: what replaces something older takes its place, and of what does not (output,
 * exceptions) the newest is let go of when a disk takes nothing for long.
 */
import type { RecordingOp } from "./recording-ops.ts";

const MAX_OUTPUT_CHARACTERS = 16 * 1024 * 1024;
const MAX_OPS = 4_000;

export class WaitingOps {
  readonly #maxOps: number;
  #ops: RecordingOp[] = [];
  #outputCharacters = 0;
  /** How many there may be before it is looked what of them is out of date. */
  #lookAt: number;

  constructor(options: { maxOps?: number } = {}) {
    this.#maxOps = options.maxOps ?? MAX_OPS;
    this.#lookAt = this.#maxOps;
  }

  get count(): number {
    return this.#ops.length;
  }

  /** False when there was no room for it. */
  add(op: RecordingOp): boolean {
    if (this.#ops.length >= this.#lookAt) {
      this.#ops = newestOfEach(this.#ops);
      this.#lookAt = Math.max(this.#maxOps, 2 * this.#ops.length);
    }
    const isFull = this.#ops.length >= this.#maxOps || this.#outputCharacters > MAX_OUTPUT_CHARACTERS;
    if (isFull && (op.kind === "output" || op.kind === "exception")) return false;
    if (op.kind === "output") this.#outputCharacters += op.output.text.length;
    this.#ops.push(op);
    return true;
  }

  take(): RecordingOp[] {
    const ops = this.#ops;
    this.clear();
    return ops;
  }

  /** What was taken could not be written. It stands before all that came since. */
  putBack(ops: readonly RecordingOp[]): void {
    this.#ops = [...ops, ...this.#ops];
    this.#outputCharacters = this.#ops.reduce((sum, op) => sum + (op.kind === "output" ? op.output.text.length : 0), 0);
  }

  clear(): void {
    this.#lookAt = this.#maxOps;
    this.#ops = [];
    this.#outputCharacters = 0;
  }
}

/** Of all that says the same thing anew, the last. */
function newestOfEach(ops: readonly RecordingOp[]): RecordingOp[] {
  const kept = new Map<string | number, RecordingOp>();
  ops.flatMap(parts).forEach((op, index) => {
    const key = keyOf(op) ?? index;
    kept.delete(key);
    kept.set(key, op);
  });
  return [...kept.values()];
}

function parts(op: RecordingOp): RecordingOp[] {
  return op.kind === "counters" ? op.counters.map((counters) => ({ ...op, counters: [counters] })) : [op];
}

function keyOf(op: RecordingOp): string | undefined {
  switch (op.kind) {
    case "run":
      return `run ${op.info.run}`;
    case "target":
      return `target ${op.run} ${op.target.pid}`;
    case "probe":
      return `probe ${op.probe.id}`;
    case "probe_removed":
      return `removed ${op.probe}`;
    case "counters":
      return `counters ${op.run} ${op.counters[0]?.probe}`;
    case "source":
      return `source ${op.run} ${op.file}`;
    case "output":
    case "exception":
      return undefined;
  }
}
