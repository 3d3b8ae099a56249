import type { CaptureValue } from "@pyprobe/protocol";
import { isComplexArray } from "../describe.ts";

export function acceptsWaveform(value: CaptureValue): number {
  if (value.kind !== "array") return 0;
  return isComplexArray(value) ? 5 : 10;
}
