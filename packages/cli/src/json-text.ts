declare global {
  interface JSON {
    /** Of ECMAScript; the compiler's library does not have it yet. */
    rawJSON(text: string): unknown;
  }
}

/** An object as one line of JSON. Unlike `JSON.stringify` alone it tells -0.0 from 0.0, which floats and JSON can. */
export function jsonText(line: unknown): string {
  return hasNegativeZero(line) ? JSON.stringify(line, keepingSign) : JSON.stringify(line);
}

/** Looked for first: a replacer makes every line some times slower, and most have none. */
function hasNegativeZero(value: unknown): boolean {
  if (typeof value === "number") return Object.is(value, -0);
  if (typeof value !== "object" || value === null) return false;
  if (Array.isArray(value)) return value.some(hasNegativeZero);
  // Lines are plain objects: nothing is inherited, and no list of their values has to be made.
  for (const key in value) if (hasNegativeZero(value[key as keyof typeof value])) return true;
  return false;
}

function keepingSign(_key: string, value: unknown): unknown {
  return Object.is(value, -0) ? JSON.rawJSON("-0.0") : value;
}
