/** What stands in the payload of a capture record: the codecs of the four kinds (layouts in capture-record.ts). */
import { RecordError } from "./capture-record.ts";
import { type ArrayHead, arrayHeadSchema, type CaptureValue, captureValueSchema, dataTypeBytes } from "./value.ts";

export type TreeValue = Extract<CaptureValue, { kind: "tree" }>;
/** `elements` are the bytes of the array in C order, at a multiple of 8 from the payload's start. */
export type ArrayPayload = { readonly head: ArrayHead; readonly elements: Uint8Array };
/** `text` is the beginning of a text of `length` characters (code points). */
export type TextPayload = { readonly text: string; readonly length: number };

const HEAD_BYTES = 8;

/** How many elements an array payload with this head holds. */
export function elementCount(head: ArrayHead): number {
  return head.items ?? head.shape.reduce((product, extent) => product * extent, 1);
}

export function encodeArrayPayload({ head, elements }: ArrayPayload): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(head));
  const start = padTo8(HEAD_BYTES + json.length);
  const bytes = new Uint8Array(start + elements.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, HEAD_BYTES);
  bytes.set(elements, start);
  return bytes;
}

/** The elements are a view on `bytes`, not a copy. Throws a `RecordError` when head and length do not agree. */
export function decodeArrayPayload(bytes: Uint8Array): ArrayPayload {
  const jsonBytes = firstWord(bytes, "array");
  const start = padTo8(HEAD_BYTES + jsonBytes);
  if (start > bytes.length) throw new RecordError("Cannot read array payload: its head is cut off");
  const head = parseWith(arrayHeadSchema, bytes.subarray(HEAD_BYTES, HEAD_BYTES + jsonBytes), "array");
  const size = elementCount(head) * dataTypeBytes[head.data];
  if (bytes.length !== start + size)
    throw new RecordError(
      `Cannot read array payload: ${size} bytes of elements are announced, ${bytes.length - start} are there`,
    );
  return { head, elements: bytes.subarray(start, start + size) };
}

export function encodeTextPayload({ text, length }: TextPayload): Uint8Array {
  const utf8 = new TextEncoder().encode(text);
  const bytes = new Uint8Array(HEAD_BYTES + utf8.length);
  new DataView(bytes.buffer).setUint32(0, length, true);
  bytes.set(utf8, HEAD_BYTES);
  return bytes;
}

/** Bytes that are not UTF-8 become U+FFFD: a text is shown, whatever is wrong with it. */
export function decodeTextPayload(bytes: Uint8Array): TextPayload {
  const length = firstWord(bytes, "text");
  return { length, text: new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(HEAD_BYTES)) };
}

export function encodeTreePayload(tree: TreeValue): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(tree));
}

export function decodeTreePayload(bytes: Uint8Array): TreeValue {
  const value = parseWith(captureValueSchema, bytes, "tree");
  if (value.kind !== "tree") throw new RecordError(`Cannot read tree payload: it holds a ${value.kind}`);
  return value;
}

export function encodeBigintPayload(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push(Number(rest & 0xffn));
    rest >>= 8n;
  } while (rest !== 0n && rest !== -1n);
  // The top bit is the sign: one more byte where the number's own top bit says the opposite.
  if (((bytes.at(-1) ?? 0) & 0x80) !== (value < 0n ? 0x80 : 0)) bytes.push(value < 0n ? 0xff : 0);
  return Uint8Array.from(bytes);
}

export function decodeBigintPayload(bytes: Uint8Array): bigint {
  if (bytes.length === 0) throw new RecordError("Cannot read bigint payload: it is empty");
  let hex = "0x";
  for (let i = bytes.length - 1; i >= 0; i -= 1) hex += (bytes[i] ?? 0).toString(16).padStart(2, "0");
  return BigInt.asIntN(bytes.length * 8, BigInt(hex));
}

function firstWord(bytes: Uint8Array, what: string): number {
  if (bytes.length < HEAD_BYTES) throw new RecordError(`Cannot read ${what} payload: it is shorter than its head`);
  return new DataView(bytes.buffer, bytes.byteOffset, HEAD_BYTES).getUint32(0, true);
}

type Parser<T> = { safeParse(value: unknown): { success: true; data: T } | { success: false } };

function parseWith<T>(schema: Parser<T>, utf8: Uint8Array, what: string): T {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(utf8));
  } catch (cause) {
    throw new RecordError(`Cannot read ${what} payload: it is not JSON`, { cause });
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new RecordError(`Cannot read ${what} payload: its JSON says something else`);
  return parsed.data;
}

function padTo8(length: number): number {
  return Math.ceil(length / 8) * 8;
}
