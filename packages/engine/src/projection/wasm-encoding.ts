/** The few encodings of WebAssembly's binary format that a module of one function needs. */

export const types = { i32: 0x7f, f64: 0x7c, v128: 0x7b } as const;
export type ValueType = keyof typeof types;

/** Immediate bytes of an instruction, and the instruction itself. */
export type Code = readonly number[];

/** An unsigned number in LEB128. */
export function unsigned(value: number): Code {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >>> 7)];
}

/** A signed number in LEB128. */
export function signed(value: number): Code {
  const rest = value >> 7;
  const isLast = rest === (value & 64 ? -1 : 0);
  return isLast ? [value & 127] : [(value & 127) | 128, ...signed(rest)];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return [...unsigned(value.length), ...new TextEncoder().encode(value)];
}

function section(id: number, items: readonly Code[]): Code {
  const body = list(items);
  return [id, ...unsigned(body.length), ...body];
}

export type OneFunction = {
  readonly name: string;
  readonly parameters: readonly ValueType[];
  readonly result: ValueType;
  /** Numbered on from the parameters. */
  readonly locals: readonly ValueType[];
  readonly body: readonly Code[];
  /** Variables that the function sets and JavaScript reads, numbered from 0. */
  readonly globals: readonly { readonly name: string; readonly type: "i32" | "f64" }[];
};

const MOST_PAGES = 65536;
const exported = { function: 0, global: 3 } as const;
const zero = { i32: [0x41, 0], f64: [0x44, 0, 0, 0, 0, 0, 0, 0, 0] } as const;
const end = 0x0b;

/** A module that exports the function and the globals, and imports the shared memory `engine.memory`. */
export function encodeModule({
  name,
  parameters,
  result,
  locals,
  body,
  globals,
}: OneFunction): Uint8Array<ArrayBuffer> {
  const type = [0x60, ...list(parameters.map((of) => [types[of]])), ...list([[types[result]]])];
  const memory = [...text("engine"), ...text("memory"), 2, 3, ...unsigned(0), ...unsigned(MOST_PAGES)];
  const code = [...list(locals.map((of) => [1, types[of]])), ...body.flat(), end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [type]),
    ...section(2, [memory]),
    ...section(3, [[0]]),
    ...section(
      6,
      globals.map((global) => [types[global.type], 1, ...zero[global.type], end]),
    ),
    ...section(7, [
      [...text(name), exported.function, 0],
      ...globals.map((global, i) => [...text(global.name), exported.global, i]),
    ]),
    ...section(10, [[...unsigned(code.length), ...code]]),
  ]);
}
