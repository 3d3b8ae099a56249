/**
 * The JSON messages on the link between an agent and the engine. The agent speaks first (`hello`); the engine answers
 * `welcome` or `refused`. After that the engine sends requests, which are all answered by id, and the agent sends events.
 * Either side may send `ping`, which is answered by `pong`. A side that hears nothing for `LINK_TIMEOUT_MS` closes the link.
 */
import * as z from "zod";
import { anchorSchema } from "./anchor.ts";
import { MAX_PAYLOAD_BYTES } from "./capture-record.ts";
import { probeCodeSchema, probeIdSchema, probeModeSchema, skippedSchema } from "./probe.ts";

export const HEARTBEAT_MS = 2_000;
export const LINK_TIMEOUT_MS = 10_000;

export const mechanismSchema = z.enum(["monitoring", "code_swap", "settrace"]);
export type Mechanism = z.infer<typeof mechanismSchema>;

export const helloSchema = z.object({
  type: z.literal("hello"),
  protocol: z.int(),
  agent: z.string(),
  token: z.string(),
  /** The session that the agent was started for, where it was told; the token decides. */
  session: z.string().default(""),
  /** `3.13.0` */
  python: z.string(),
  implementation: z.string(),
  pid: z.int(),
  /** The pid of the target this one was forked or started from; null for the first one. */
  parent: z.int().nullable(),
  executable: z.string(),
  mechanism: mechanismSchema,
  features: z.array(z.string()),
  argv: z.array(z.string()),
  cwd: z.string(),
});
export type Hello = z.infer<typeof helloSchema>;

/** What every version's `hello` has: enough to refuse an agent of another version with a sentence that helps. One without it is malformed. */
export const greetingSchema = z.object({
  type: z.literal("hello"),
  protocol: z.int(),
  agent: z.string(),
  executable: z.string(),
});

/** What one capture may carry, and what probing may cost. */
export const limitsSchema = z.object({
  /** Share of the program's time that probes in mode auto may take, 0 to 1. */
  budget: z.number().min(0).max(1),
  /** A larger array is captured as every n-th element. */
  payloadBytes: z.int().min(1024).max(MAX_PAYLOAD_BYTES),
  textCharacters: z.int().min(1),
  treeItems: z.int().min(1),
  treeDepth: z.int().min(1),
  /** Time for reading one value. */
  deadlineMs: z.number().positive(),
});
export type Limits = z.infer<typeof limitsSchema>;

export const defaultLimits: Limits = {
  budget: 0.04,
  payloadBytes: 32 * 1024 * 1024,
  textCharacters: 4096,
  treeItems: 100,
  treeDepth: 4,
  deadlineMs: 50,
};

export const agentProbeSchema = z.object({ id: probeIdSchema, anchor: anchorSchema, mode: probeModeSchema });
export type AgentProbe = z.infer<typeof agentProbeSchema>;

export const welcomeSchema = z.object({
  type: z.literal("welcome"),
  protocol: z.int(),
  engine: z.string(),
  session: z.string(),
  /** Where to make the ring files; null: send records as packets. The agent names them `<pid>-<n>.records` and `….bulk`. */
  rings: z.object({ directory: z.string(), slots: z.int(), bulkBytes: z.int() }).nullable(),
  limits: limitsSchema,
  /** Placed before the program's first line runs. */
  probes: z.array(agentProbeSchema),
  /** Variable names whose values are never captured: `•••` goes out instead. Compared without case, anywhere in the name. */
  redact: z.array(z.string()),
});
export type Welcome = z.infer<typeof welcomeSchema>;

export const refusalCodeSchema = z.enum([
  "bad_token",
  "protocol_mismatch",
  "agent_too_old",
  "agent_too_new",
  "no_such_session",
  "engine_closing",
  "malformed_hello",
]);
export type RefusalCode = z.infer<typeof refusalCodeSchema>;
export const refusedSchema = z.object({ type: z.literal("refused"), code: refusalCodeSchema, message: z.string() });

/** What the engine asks of an agent: call → params, result. An unknown call is answered with the error `unknown_call`. */
export const agentCalls = {
  "probe.add": { params: agentProbeSchema, result: z.object({}) },
  "probe.remove": { params: z.object({ id: probeIdSchema }), result: z.object({}) },
  "probe.update": { params: z.object({ id: probeIdSchema, mode: probeModeSchema }), result: z.object({}) },
  "limits.update": { params: limitsSchema, result: z.object({}) },
  /** Sends every counter now; answered after the `counters` event has been sent. */
  "counters.flush": { params: z.object({}), result: z.object({}) },
} as const;
export type AgentCall = keyof typeof agentCalls;

export const agentRequestSchema = z.object({
  type: z.literal("request"),
  id: z.int(),
  call: z.string(),
  params: z.unknown(),
});
export const agentReplySchema = z.object({
  type: z.literal("reply"),
  id: z.int(),
  result: z.unknown().optional(),
  error: z.object({ code: z.string(), message: z.string() }).optional(),
});

/** One line of a traceback: the innermost frame is the last. */
export const tracebackFrameSchema = z.object({ file: z.string(), line: z.int(), function: z.string() });

/** What an agent tells unasked. */
export const agentEventSchema = z.discriminatedUnion("event", [
  /** The ring files are there. Sent once, before the first record. */
  z.object({ type: z.literal("event"), event: z.literal("rings"), records: z.string(), bulk: z.string() }),
  z.object({
    type: z.literal("event"),
    event: z.literal("probe"),
    id: probeIdSchema,
    state: z.enum(["pending", "armed", "failed"]),
    code: probeCodeSchema.optional(),
    message: z.string().optional(),
  }),
  /** Running totals since the program began, of every probe that changed since the last one; 10 times a second at most. */
  z.object({
    type: z.literal("event"),
    event: z.literal("counters"),
    probes: z.array(z.object({ id: probeIdSchema, captures: z.number(), skipped: skippedSchema, costNs: z.number() })),
  }),
  /** An exception that the program did not catch, in any thread or task. */
  z.object({
    type: z.literal("event"),
    event: z.literal("exception"),
    exception: z.string(),
    message: z.string(),
    file: z.string().nullable(),
    line: z.int().nullable(),
    thread: z.string(),
    frames: z.array(tracebackFrameSchema),
  }),
  /** Trouble in the agent itself; the program goes on. */
  z.object({
    type: z.literal("event"),
    event: z.literal("notice"),
    level: z.enum(["info", "warning", "error"]),
    message: z.string(),
  }),
  /** The last message of an orderly end: all records are committed, the totals are final. `lastSeq` is 0 when there were none. */
  z.object({ type: z.literal("event"), event: z.literal("end"), lastSeq: z.number() }),
]);
export type AgentEvent = z.infer<typeof agentEventSchema>;

export const agentMessageSchema = z.discriminatedUnion("type", [
  helloSchema,
  agentReplySchema,
  z.object({ type: z.literal("ping") }),
  z.object({ type: z.literal("pong") }),
  agentEventSchema,
]);
export type AgentMessage = z.infer<typeof agentMessageSchema>;

export type EngineMessage =
  | Welcome
  | z.infer<typeof refusedSchema>
  | { type: "request"; id: number; call: AgentCall; params: unknown }
  | { type: "ping" }
  | { type: "pong" };
