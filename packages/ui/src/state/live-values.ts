/** The newest text of each probe, outside of anything reactive: the code view writes it into text nodes. */
import { type Dispose, Emitter } from "@pyprobe/base";
import type { InlineValue, ProbeId } from "@pyprobe/protocol";

export type LiveValue = InlineValue & { readonly arrivedAtMs: number };

export class LiveValues {
  readonly #values = new Map<ProbeId, LiveValue>();
  readonly #emitter = new Emitter<{ changed: readonly LiveValue[] }>();

  push(values: readonly InlineValue[], nowMs: number): void {
    const stamped = values.map((value) => ({ ...value, arrivedAtMs: nowMs }));
    for (const value of stamped) this.#values.set(value.probe, value);
    this.#emitter.emit("changed", stamped);
  }

  find(probe: ProbeId): LiveValue | undefined {
    return this.#values.get(probe);
  }

  clear(): void {
    this.#values.clear();
    this.#emitter.emit("changed", []);
  }

  onChanged(listener: (values: readonly LiveValue[]) => void): Dispose {
    return this.#emitter.on("changed", listener);
  }
}
