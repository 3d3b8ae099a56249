/** A promise with its two ends in hand. */
export type Deferred<T> = {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (reason: unknown) => void;
};

export function createDeferred<T>(): Deferred<T> {
  return Promise.withResolvers<T>();
}
