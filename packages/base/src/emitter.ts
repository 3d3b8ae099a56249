/** Calls its cleanup once. What registers something returns one; the owner calls it. */
export type Dispose = () => void;

/**
 * Typed events within one process. Listeners run synchronously, in the order they were added; one that is removed while an
 * event is on its way does not get it any more. When listeners throw, the others still run and `emit` throws the first error.
 */
export class Emitter<Events extends Record<string, unknown>> {
  readonly #listeners = new Map<keyof Events, Set<{ readonly call: (event: never) => void }>>();

  on<Name extends keyof Events>(name: Name, listener: (event: Events[Name]) => void): Dispose {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    const entry = { call: listener };
    listeners.add(entry);
    return () => listeners.delete(entry);
  }

  /** Resolves with the next event; rejects with the signal's reason when it is aborted first. */
  next<Name extends keyof Events>(name: Name, options: { signal?: AbortSignal } = {}): Promise<Events[Name]> {
    const { signal } = options;
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const onAbort = () => {
        dispose();
        reject(signal?.reason);
      };
      const dispose = this.on(name, (event) => {
        dispose();
        signal?.removeEventListener("abort", onAbort);
        resolve(event);
      });
      signal?.addEventListener("abort", onAbort, { once: true });
    });
  }

  emit<Name extends keyof Events>(name: Name, event: Events[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    const errors: unknown[] = [];
    for (const entry of [...listeners]) {
      if (!listeners.has(entry)) continue;
      try {
        (entry.call as (event: Events[Name]) => void)(event);
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }

  /** For tests that assert that nothing is left registered. */
  get listenerCount(): number {
    let count = 0;
    for (const listeners of this.#listeners.values()) count += listeners.size;
    return count;
  }
}
