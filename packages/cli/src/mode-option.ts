import type { ProbeMode } from "@pyprobe/protocol";
import { UsageError } from "./usage-error.ts";

/** `auto`, `every`, `latest`, `change`, or a number N for hits 1, 1+N, 1+2N, … */
export function parseMode(text: string): ProbeMode {
  switch (text) {
    case "auto":
    case "every":
    case "latest":
    case "change":
      return { kind: text };
  }
  if (!/^[1-9]\d{0,8}$/.test(text)) {
    throw new UsageError("run", `--mode "${text}" is none of auto, every, latest, change, or a number from 1`);
  }
  return { kind: "every_n", n: Number(text) };
}
