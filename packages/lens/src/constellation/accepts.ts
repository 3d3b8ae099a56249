import type { CaptureValue } from "@pyprobe/protocol";
import { isComplexArray, isComplexScalar } from "../describe.ts";

export function acceptsConstellation(value: CaptureValue): number {
  if (value.kind === "array") return isComplexArray(value) ? 10 : 0;
  return isComplexScalar(value) ? 5 : 0;
}
