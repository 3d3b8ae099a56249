import type { ServerResponse } from "node:http";

/** One sentence for a person. */
export function sendText(response: ServerResponse, status: number, text: string): void {
  const body = Buffer.from(`${text}\n`);
  response.setHeader("Content-Type", "text/plain; charset=utf-8");
  response.setHeader("Cache-Control", "no-store");
  response.setHeader("Content-Length", body.length);
  response.writeHead(status);
  response.end(body);
}

export type ByteRange = { readonly begin: number; readonly end: number };

/**
 * The half-open range that a Range header asks of `size` bytes: undefined when all of them are to be sent, `unsatisfiable` when it
 * lies outside. Several ranges at once are answered with everything, as RFC 9110 allows.
 */
export function parseRange(header: string | undefined, size: number): ByteRange | "unsatisfiable" | undefined {
  const match = header === undefined ? null : /^bytes=(\d*)-(\d*)$/.exec(header.trim());
  if (match === null) return undefined;
  const [, first = "", last = ""] = match;
  if (first === "" && last === "") return undefined;
  if (first === "") {
    const length = Math.min(Number(last), size);
    return length === 0 ? "unsatisfiable" : { begin: size - length, end: size };
  }
  const begin = Number(first);
  const end = last === "" ? size : Math.min(Number(last) + 1, size);
  if (last !== "" && Number(last) < begin) return undefined;
  return begin >= size ? "unsatisfiable" : { begin, end };
}
