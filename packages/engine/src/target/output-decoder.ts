/** A program's output as text, and as bytes where text cannot say them. */
import { isUtf8 } from "node:buffer";

/** `base64`: the bytes, when they are not UTF-8; `text` has replacement characters then. */
export type DecodedOutput = { readonly text: string; readonly base64?: string };

/** For one stream. Characters of several bytes are put together across the borders of what is read at a time. */
export class OutputDecoder {
  /** The beginning of a character whose end has not come. */
  #rest: Uint8Array = new Uint8Array();

  push(chunk: Uint8Array): DecodedOutput {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    const end = bytes.length - cutOffBytes(bytes);
    this.#rest = bytes.slice(end);
    return decode(bytes.subarray(0, end));
  }

  /** What is left when the stream has ended. */
  end(): DecodedOutput {
    const bytes = this.#rest;
    this.#rest = new Uint8Array();
    return decode(bytes);
  }
}

function decode(bytes: Uint8Array): DecodedOutput {
  // The mark that some files begin with is a character like any other.
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  return isUtf8(bytes) ? { text } : { text, base64: Buffer.from(bytes).toString("base64") };
}

/** How many bytes at the end may be the beginning of a character. */
function cutOffBytes(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
    const byte = bytes[bytes.length - back] ?? 0;
    const isContinuation = (byte & 0xc0) === 0x80;
    if (!isContinuation) return lengthOfCharacter(byte) > back ? back : 0;
  }
  return 0;
}

function lengthOfCharacter(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 1;
  if (lead < 0xe0) return 2;
  return lead < 0xf0 ? 3 : 4;
}
