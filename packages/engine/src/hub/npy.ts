import type { ArrayHead, DataType } from "@pyprobe/protocol";

const descriptors: Readonly<Record<DataType, string>> = {
  bool: "|b1",
  int8: "|i1",
  int16: "<i2",
  int32: "<i4",
  int64: "<i8",
  uint8: "|u1",
  uint16: "<u2",
  uint32: "<u4",
  uint64: "<u8",
  float32: "<f4",
  float64: "<f8",
  complex64: "<c8",
  complex128: "<c16",
};

/** The header of a `.npy` file, version 1.0 (numpy.lib.format); the elements follow. A strided capture is one-dimensional. */
export function npyHeader(head: ArrayHead): Uint8Array {
  const shape = head.items === undefined ? head.shape : [head.items];
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const text = `{'descr': '${descriptors[head.data]}', 'fortran_order': False, 'shape': ${tuple}, }`;
  // Magic, version and length are 10 bytes; all of it ends with a newline on a multiple of 64.
  const padded = `${text.padEnd(Math.ceil((10 + text.length + 1) / 64) * 64 - 11)}\n`;
  const bytes = Buffer.alloc(10 + padded.length);
  bytes.write("\u0093NUMPY\u0001\u0000", 0, "latin1");
  bytes.writeUInt16LE(padded.length, 8);
  bytes.write(padded, 10, "latin1");
  return bytes;
}
