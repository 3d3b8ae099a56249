import type { Brand } from "@pyprobe/base";
import * as z from "zod";
import { anchorSchema } from "./anchor.ts";

/** `p1`, `p2`, …: unique within a session, never used again. */
export type ProbeId = Brand<string, "ProbeId">;
export const probeIdSchema = z
  .string()
  .regex(/^p[1-9][0-9]{0,4}$/)
  .transform((s) => s as ProbeId);

/** The number in a probe's id, as capture records carry it (1 to 65535). */
export function probeNumber(id: ProbeId): number {
  return Number(id.slice(1));
}
export function probeIdOf(number: number): ProbeId {
  return `p${number}` as ProbeId;
}

/** A condition of mode when is one short line. */
export const MAX_CONDITION_CHARACTERS = 500;

/** Which hits become captures. */
export const probeModeSchema = z.discriminatedUnion("kind", [
  /** Everything, until the probe would cost more than the overhead budget; then a share of the hits. */
  z.object({ kind: z.literal("auto") }),
  /** Everything. The target waits when the ring is full. */
  z.object({ kind: z.literal("every") }),
  /** At most 60 captures a second, each the newest value at its time. */
  z.object({ kind: z.literal("latest") }),
  /** Hits 1, 1+n, 1+2n, … */
  z.object({ kind: z.literal("every_n"), n: z.int().min(1) }),
  /** Only when the value differs, byte for byte, from the one captured before. */
  z.object({ kind: z.literal("change") }),
  /**
   * Only where a Python expression over the variables at the hit is true. It is evaluated without running the program's code
   * (`condition.check` says whether it can be). `every`: at each hit, as mode every; else within the overhead budget, as mode auto.
   */
  z.object({
    kind: z.literal("when"),
    expression: z.string().min(1).max(MAX_CONDITION_CHARACTERS),
    every: z.boolean().default(false),
  }),
]);
export type ProbeMode = z.infer<typeof probeModeSchema>;

/** Why a hit made no capture. A closed list: the page has a sentence for each. */
export const skipReasonSchema = z.enum([
  "budget", // modes auto and when: the overhead budget was spent; estimated from the hit rate, because a disarmed place costs nothing
  "latest", // mode latest: a newer one came within 1/60 s
  "every_n", // mode every n-th: not its turn
  "unchanged", // mode change: equal to the one before
  "condition_false", // mode when
  "condition_unreadable", // mode when: the condition could not be evaluated here; the probe's message tells the first cause
  "too_large", // larger than the ring can hold, and no summary was possible
  "deadline", // reading the value took longer than the capture's deadline
  "ring_full", // the engine was behind
  "unreadable", // the value cannot be read without running the program's own code
  "fault", // our own code failed on it; the probe is disarmed
]);
export type SkipReason = z.infer<typeof skipReasonSchema>;

/** `reason → hits`; only reasons that occurred. */
export const skippedSchema = z.partialRecord(skipReasonSchema, z.number());
export type Skipped = z.infer<typeof skippedSchema>;

/** Why a probe is not armed. */
export const probeCodeSchema = z.enum([
  "not_loaded", // pending: the file's code has not run in this target yet
  "next_call", // armed, but a call that is running now is not seen; the next one is
  "no_code", // the line has no code
  "no_such_name", // the name does not occur there
  "not_probeable", // a module, an imported function, a keyword, …
  "source_changed", // the file on disk differs from the code that runs
  "does_not_parse",
  "optimized_away", // the compiler removed this store
  "bad_condition", // the condition of mode when is not one that can be evaluated
  "condition_unreadable", // armed or live, but at some hits the condition could not be evaluated; the message says why
  "tool_conflict", // other tools hold the interpreter's monitoring slots
  "target_ended", // the program ended before the probe could be placed
  "fault", // our own code failed; the message says how
  "never_executed", // the run ended and the place was never hit
]);
export type ProbeCode = z.infer<typeof probeCodeSchema>;

/** `pending` (not placed yet) → `armed` (placed) → `live` (a capture arrived), or `failed`. */
export const probeStateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("pending"), code: probeCodeSchema.optional(), message: z.string().optional() }),
  z.object({ kind: z.literal("armed"), code: probeCodeSchema.optional(), message: z.string().optional() }),
  z.object({ kind: z.literal("live"), code: probeCodeSchema.optional(), message: z.string().optional() }),
  z.object({ kind: z.literal("failed"), code: probeCodeSchema, message: z.string() }),
]);
export type ProbeState = z.infer<typeof probeStateSchema>;

/** A probe as clients see it. */
export const probeSchema = z.object({
  id: probeIdSchema,
  anchor: anchorSchema,
  mode: probeModeSchema,
  state: probeStateSchema,
});
export type Probe = z.infer<typeof probeSchema>;

/** What happened at a probe so far, over all targets of the session's current run. */
export const probeCountersSchema = z.object({
  probe: probeIdSchema,
  captures: z.number(),
  skipped: skippedSchema,
  /** Captures that were made and did not arrive. */
  lost: z.number(),
  /** Captures per second over the last second. */
  rateHz: z.number(),
  /** Bytes per second over the last second. */
  bytesPerS: z.number(),
  /** Mean nanoseconds one hit costs the program, as the agent measures it. */
  costNs: z.number(),
});
export type ProbeCounters = z.infer<typeof probeCountersSchema>;
