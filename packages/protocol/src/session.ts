import type { Brand } from "@pyprobe/base";
import * as z from "zod";
import { mechanismSchema, tracebackFrameSchema } from "./agent-messages.ts";

export type SessionId = Brand<string, "SessionId">;
export const sessionIdSchema = z
  .string()
  .regex(/^s[1-9][0-9]{0,8}$/)
  .transform((s) => s as SessionId);

export const programSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("script"), path: z.string().min(1) }),
  z.object({ kind: z.literal("module"), name: z.string().min(1) }),
]);
export type Program = z.infer<typeof programSchema>;

/** One Python that was found. `problem` says why it cannot be used, with the next step. */
export const interpreterSchema = z.object({
  path: z.string(),
  version: z.string().nullable(),
  /** Where it was found, for the person who chooses: `--python`, `active virtual environment`, `.venv beside the script`, … */
  origin: z.string(),
  hasNumpy: z.boolean(),
  problem: z.string().optional(),
});
export type Interpreter = z.infer<typeof interpreterSchema>;

/** One watched process. */
export const targetSchema = z.object({
  pid: z.int(),
  parent: z.int().nullable(),
  python: z.string(),
  executable: z.string(),
  mechanism: mechanismSchema,
  state: z.enum(["running", "ended"]),
});
export type Target = z.infer<typeof targetSchema>;

/** How the program's own process ended. One of the two is null; both when it could not be learned. */
export const exitSchema = z.object({ exitCode: z.int().nullable(), signal: z.string().nullable() });
export type Exit = z.infer<typeof exitSchema>;

export const sessionStateSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("starting") }),
  z.object({ kind: z.literal("running"), pid: z.int() }),
  /** `step`: the last thing that was sent to the program: SIGINT, SIGTERM, SIGKILL. */
  z.object({ kind: z.literal("stopping"), pid: z.int(), step: z.string() }),
  z.object({ kind: z.literal("ended"), exit: exitSchema }),
  /** The program could not be started, or the agent in it could not be used. */
  z.object({ kind: z.literal("failed"), code: z.string(), message: z.string() }),
  /** Not a program: a recording that was opened. */
  z.object({ kind: z.literal("recorded"), path: z.string() }),
]);
export type SessionState = z.infer<typeof sessionStateSchema>;

export const sessionInfoSchema = z.object({
  id: sessionIdSchema,
  program: programSchema,
  args: z.array(z.string()),
  cwd: z.string(),
  interpreter: interpreterSchema.nullable(),
  state: sessionStateSchema,
  /** The program's own process, every other one that runs, and the newest that have ended. */
  targets: z.array(targetSchema),
  /** How many processes of this run ended and are no longer among `targets`. */
  earlierTargets: z.int().optional(),
  /** 1, 2, …: grows with each restart. */
  run: z.int(),
  /** Unix time in milliseconds at which this run began. */
  startedAtMs: z.number(),
  /** The program's main file, once known. */
  mainFile: z.string().nullable(),
  /** Where it is being recorded, or null. */
  recording: z.string().nullable(),
});
export type SessionInfo = z.infer<typeof sessionInfoSchema>;

export const outputSchema = z.object({
  stream: z.enum(["stdout", "stderr"]),
  /** What is not UTF-8 stands here as replacement characters. */
  text: z.string(),
  tMs: z.number(),
  /** The very bytes in base64, where `text` does not say them all. */
  base64: z.string().optional(),
});
export type Output = z.infer<typeof outputSchema>;

export const programExceptionSchema = z.object({
  pid: z.int(),
  type: z.string(),
  message: z.string(),
  file: z.string().nullable(),
  line: z.int().nullable(),
  thread: z.string(),
  frames: z.array(tracebackFrameSchema),
});
export type ProgramException = z.infer<typeof programExceptionSchema>;
