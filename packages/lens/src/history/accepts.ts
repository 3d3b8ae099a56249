import type { CaptureValue } from "@pyprobe/protocol";

export function acceptsHistory(value: CaptureValue): number {
  return value.kind === "scalar" ? 10 : 0;
}
