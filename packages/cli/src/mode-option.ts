import { MAX_CONDITION_CHARACTERS, type ProbeMode } from "@pyprobe/protocol";
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

/** The same mode, but only where the condition is true. What it says is checked by the program's own interpreter. */
export function withCondition(mode: ProbeMode, expression: string): ProbeMode {
  if (expression.trim() === "") throw new UsageError("run", "--when needs a condition, such as --when 'x > 3'");
  if (expression.length > MAX_CONDITION_CHARACTERS) {
    throw new UsageError("run", `--when takes ${MAX_CONDITION_CHARACTERS} characters at most`);
  }
  if (mode.kind !== "auto" && mode.kind !== "every") {
    throw new UsageError("run", "--when goes with --mode auto or every: it says itself which hits are captured");
  }
  return { kind: "when", expression, every: mode.kind === "every" };
}
