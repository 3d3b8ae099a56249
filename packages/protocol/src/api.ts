/**
 * Everything a client can ask of the engine and everything the engine tells it: JSON-RPC 2.0, the same over every transport.
 * `calls` are requests with a reply; `events` are notifications to subscribers. Errors carry one of `errorCodeSchema` in `data.code`.
 */
import * as z from "zod";
import { limitsSchema } from "./agent-messages.ts";
import { anchorQuerySchema, anchorSchema, sourceSymbolsSchema } from "./anchor.ts";
import { probeCountersSchema, probeIdSchema, probeModeSchema, probeSchema } from "./probe.ts";
import {
  interpreterSchema,
  outputSchema,
  programExceptionSchema,
  programSchema,
  sessionIdSchema,
  sessionInfoSchema,
} from "./session.ts";
import { captureSchema } from "./value.ts";
import { viewRequestSchema } from "./view.ts";

const inSession = z.object({ session: sessionIdSchema });
const nothing = z.object({});

/** Everything a client needs to draw a session that has been running for a while. */
export const sessionSnapshotSchema = z.object({
  info: sessionInfoSchema,
  probes: z.array(probeSchema),
  counters: z.array(probeCountersSchema),
  limits: limitsSchema,
  /** The newest output, oldest first; `outputDropped` characters came before it. */
  output: z.array(outputSchema),
  outputDropped: z.number(),
  exceptions: z.array(programExceptionSchema),
  /** Bytes of captures kept, and the bound. `isReleased`: all were let go of, because the engine's memory was needed for newer sessions. */
  log: z.object({ bytes: z.number(), maxBytes: z.number(), dropped: z.number(), isReleased: z.boolean().optional() }),
});
export type SessionSnapshot = z.infer<typeof sessionSnapshotSchema>;

export const calls = {
  "engine.info": {
    doc: "Who is there.",
    params: nothing,
    result: z.object({ version: z.string(), protocol: z.int(), pid: z.int(), node: z.string(), platform: z.string() }),
  },
  "engine.shutdown": { doc: "Stops every program and ends the engine.", params: nothing, result: nothing },

  "interpreter.list": {
    doc: "The Pythons found for a program, best first, with the reason where one cannot be used.",
    params: z.object({ near: z.string().optional() }),
    result: z.array(interpreterSchema),
  },

  "session.list": { doc: "All sessions, oldest first.", params: nothing, result: z.array(sessionInfoSchema) },
  "session.launch": {
    doc: "Starts a program with the agent in it. The reply comes at once; what happens follows as events.",
    params: z.object({
      program: programSchema,
      args: z.array(z.string()).default([]),
      cwd: z.string().optional(),
      /** Path of the interpreter; without it the best one found. */
      python: z.string().optional(),
      probes: z.array(z.object({ query: anchorQuerySchema, mode: probeModeSchema })).default([]),
      /** Write everything to this file as well. */
      record: z.string().optional(),
      limits: limitsSchema.partial().optional(),
      /** Wait with the program's first line until a client has called `session.begin`. */
      hold: z.boolean().default(false),
    }),
    result: sessionInfoSchema,
  },
  "session.begin": { doc: "Lets a program that was launched with `hold` run.", params: inSession, result: nothing },
  "session.stop": {
    doc: "SIGINT; after two seconds SIGTERM; after two more SIGKILL, to the process group; with `force` SIGKILL at once. Replies when the program has ended.",
    params: inSession.extend({ force: z.boolean().default(false) }),
    result: nothing,
  },
  "session.restart": {
    doc: "Stops the program if it runs, and starts it again with the same probes.",
    params: inSession.extend({ python: z.string().optional() }),
    result: sessionInfoSchema,
  },
  "session.close": {
    doc: "Ends the program as `session.stop` does, if it still runs, then forgets the session: its captures, views and subscriptions are gone, its recording is complete. An opened recording is closed; its file stays. Replies when that is done.",
    params: inSession.extend({ force: z.boolean().default(false) }),
    result: nothing,
  },
  "session.subscribe": {
    doc: "The session as it is now; its events follow until the link closes. With `waits` none of the program's output is dropped for this client: while the client does not take it, the program waits with writing.",
    params: inSession.extend({ waits: z.boolean().default(false) }),
    result: sessionSnapshotSchema,
  },
  "session.input": {
    doc: "Writes text to the program's standard input; `end` closes it.",
    params: inSession.extend({ text: z.string(), end: z.boolean().default(false) }),
    result: nothing,
  },
  "session.limits": {
    doc: "Changes what captures may carry and cost, at once.",
    params: inSession.extend({ limits: limitsSchema.partial() }),
    result: limitsSchema,
  },
  "session.record": {
    doc: "Starts writing the session to a file: what is still kept, and all that follows.",
    params: inSession.extend({ path: z.string() }),
    result: z.object({ path: z.string() }),
  },

  "probe.add": {
    doc: "Puts a probe on an anchor, or on what a query resolves to. The same anchor twice gives the probe that is there.",
    params: inSession.extend({
      at: z.union([z.object({ anchor: anchorSchema }), z.object({ query: anchorQuerySchema })]),
      mode: probeModeSchema.default({ kind: "auto" }),
    }),
    result: probeSchema,
  },
  "probe.remove": {
    doc: "Takes a probe away. Its captures are kept.",
    params: inSession.extend({ probe: probeIdSchema }),
    result: nothing,
  },
  "probe.restore": {
    doc: "Puts a removed probe back, with its id and captures.",
    params: inSession.extend({ probe: probeIdSchema }),
    result: probeSchema,
  },
  "probe.update": {
    doc: "Changes a probe's mode.",
    params: inSession.extend({ probe: probeIdSchema, mode: probeModeSchema }),
    result: probeSchema,
  },

  "condition.check": {
    doc: "Whether an expression can be the condition of mode when, as the session's interpreter parses it; where it cannot, the place in it (from 0, in UTF-16 units) and why.",
    params: inSession.extend({ expression: z.string() }),
    result: z.object({
      error: z.object({ column: z.int(), endColumn: z.int(), message: z.string() }).nullable(),
    }),
  },

  "source.list": {
    doc: "The Python files to look at: the main file first, then those the program's folder holds.",
    params: inSession,
    result: z.array(z.string()),
  },
  "source.open": {
    doc: "The text of a file and its names, from the session's interpreter. The file is watched until the link closes.",
    params: inSession.extend({ file: z.string() }),
    result: z.object({ text: z.string(), symbols: sourceSymbolsSchema }),
  },

  "capture.list": {
    doc: "Captures of a probe, oldest first: those after `after` (a seq of that process), `limit` at most.",
    params: inSession.extend({
      probe: probeIdSchema,
      pid: z.int().optional(),
      after: z.int().default(0),
      limit: z.int().min(1).max(10_000).default(1000),
    }),
    result: z.array(captureSchema),
  },
  "capture.follow": {
    doc: "Sends every capture from now on as `captures` events.",
    params: inSession,
    result: nothing,
  },

  "view.open": {
    doc: "Opens a view. Its packets follow as binary messages.",
    params: inSession.extend({ probe: probeIdSchema, request: viewRequestSchema }),
    result: z.object({ view: z.int() }),
  },
  "view.update": {
    doc: "Changes what a view shows; the next packet shows it.",
    params: z.object({ view: z.int(), request: viewRequestSchema }),
    result: nothing,
  },
  "view.ack": {
    doc: "The client has drawn this many packets of the view in all.",
    params: z.object({ view: z.int(), drawn: z.int() }),
    result: nothing,
  },
  "view.ack_all": {
    doc: "The same of several views at once: a client draws them in one go. Views that are closed by now are passed over.",
    params: z.object({ views: z.array(z.object({ view: z.int(), drawn: z.int() })).max(10_000) }),
    result: nothing,
  },
  "view.close": { doc: "Closes a view.", params: z.object({ view: z.int() }), result: nothing },

  "recording.open": {
    doc: "Opens a recording as a session without a program.",
    params: z.object({ path: z.string() }),
    result: sessionInfoSchema,
  },
} as const;

export type Calls = typeof calls;
export type CallName = keyof Calls;
/** As a client gives them: what has a default may be left out. */
export type CallParams<Name extends CallName> = z.input<Calls[Name]["params"]>;
/** As a handler receives them. */
export type CallArguments<Name extends CallName> = z.output<Calls[Name]["params"]>;
export type CallResult<Name extends CallName> = z.output<Calls[Name]["result"]>;

/** One text for the end of a line of source: the newest value of a probe, at 10 Hz at most. */
export const inlineValueSchema = z.object({
  probe: probeIdSchema,
  text: z.string(),
  tNs: z.number(),
  captures: z.number(),
});
export type InlineValue = z.infer<typeof inlineValueSchema>;

export const events = {
  "session.changed": {
    doc: "A session's state, targets or recording changed. Processes that come and go alone are told 10 times a second at most.",
    params: z.object({ info: sessionInfoSchema }),
  },
  "session.closed": {
    doc: "A session was closed, by whichever client: nothing more comes of it, and it cannot be asked for any more.",
    params: inSession,
  },
  "probe.changed": {
    doc: "A probe was added, restored, or its state or mode changed.",
    params: inSession.extend({ probe: probeSchema }),
  },
  "probe.removed": { doc: "A probe was taken away.", params: inSession.extend({ probe: probeIdSchema }) },
  "probe.counters": {
    doc: "4 times a second at most, for the probes whose numbers changed.",
    params: inSession.extend({ counters: z.array(probeCountersSchema), log: sessionSnapshotSchema.shape.log }),
  },
  "probe.values": {
    doc: "10 times a second at most: the newest value of each probe that has a new one.",
    params: inSession.extend({ values: z.array(inlineValueSchema) }),
  },
  "session.output": {
    doc: "The program wrote.",
    params: inSession.extend({ output: z.array(outputSchema), dropped: z.number() }),
  },
  "session.exception": {
    doc: "The program did not catch an exception.",
    params: inSession.extend({ exception: programExceptionSchema }),
  },
  "source.changed": {
    doc: "A file that this client opened changed on disk.",
    params: inSession.extend({ file: z.string(), text: z.string(), symbols: sourceSymbolsSchema }),
  },
  captures: {
    doc: "After `capture.follow`: every capture, in order.",
    params: inSession.extend({ captures: z.array(captureSchema) }),
  },
  notice: {
    doc: "Something a person should know, with the next step.",
    params: z.object({
      session: sessionIdSchema.nullable(),
      level: z.enum(["info", "warning", "error"]),
      message: z.string(),
    }),
  },
} as const;

export type Events = typeof events;
export type EventName = keyof Events;
export type EventParams<Name extends EventName> = z.output<Events[Name]["params"]>;
export type ApiEvent = {
  [Name in EventName]: { readonly method: Name; readonly params: EventParams<Name> };
}[EventName];

/** Why a call was refused. */
export const errorCodeSchema = z.enum([
  "unknown_call",
  "bad_params",
  "no_such_session",
  "no_such_probe",
  "no_such_view",
  "no_such_file",
  "not_python",
  "does_not_parse",
  "no_such_name",
  "not_probeable",
  "no_interpreter",
  "not_running",
  "too_many_probes",
  "cannot_write",
  "not_a_recording",
  "internal",
]);
export type ErrorCode = z.infer<typeof errorCodeSchema>;

/** A refusal, on both ends: thrown by handlers, thrown again to the caller. */
export class CallError extends Error {
  override readonly name = "CallError";
  readonly code: ErrorCode;
  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options);
    this.code = code;
  }
}
