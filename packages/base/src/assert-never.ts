/** The end of an exhaustive switch. Compiles only when every `kind` has been handled. */
export function assertNever(value: never, what = "value"): never {
  throw new Error(`Cannot handle ${what}: unknown variant ${JSON.stringify(value)}`);
}
