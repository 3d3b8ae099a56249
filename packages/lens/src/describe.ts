import type { CaptureValue } from "@pyprobe/protocol";

/** Questions about a value that its description answers; what `accepts` decides by. */
export type ArrayDescription = Extract<CaptureValue, { kind: "array" }>;

/** By its elements where there are any, else by the name of its dtype (`complex64`, `>c8`, `torch.cfloat`). */
export function isComplexArray(value: ArrayDescription): boolean {
  const first = value.head[0];
  if (first !== undefined) return typeof first === "object";
  return /complex|cfloat|cdouble|chalf|^[<>=|]?c\d/i.test(value.dtype);
}

export function isComplexScalar(value: CaptureValue): boolean {
  return value.kind === "scalar" && typeof value.value === "object";
}
