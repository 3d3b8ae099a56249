import type { Output } from "@pyprobe/protocol";

/** Characters that it takes in memory and on a wire. */
export function outputLength({ text, base64 }: Output): number {
  return text.length + (base64?.length ?? 0);
}

/** Both as one, when they are text of one stream. */
export function joinOutput(older: Output, newer: Output): Output | undefined {
  const isText = older.base64 === undefined && newer.base64 === undefined;
  return isText && older.stream === newer.stream ? { ...older, text: older.text + newer.text } : undefined;
}
