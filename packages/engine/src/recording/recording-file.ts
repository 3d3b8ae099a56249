/** Opens recordings: finishes what a killed engine left in the file's log, checks that it is one of ours, reads what surrounds the captures. */
import { accessSync, closeSync, constants, existsSync, openSync, readSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import {
  anchorSchema,
  CallError,
  defaultLimits,
  limitsSchema,
  outputSchema,
  type Probe,
  type ProbeCounters,
  probeIdOf,
  probeModeSchema,
  probeStateSchema,
  programExceptionSchema,
  type SessionInfo,
  sessionInfoSchema,
  skippedSchema,
  sourceSymbolsSchema,
  tracebackFrameSchema,
} from "@pyprobe/protocol";
import * as z from "zod";
import type { RecordedContent } from "../session/session.ts";
import { APPLICATION_ID, migrate, SCHEMA_VERSION } from "./recording-schema.ts";

const HEADER_BYTES = 100;
const MAX_OUTPUT_ROWS = 20_000;

/** Everything of a recording but its captures. */
export type RecordingContent = Omit<RecordedContent, "log">;

/**
 * Throws a `CallError` that says what is wrong with the file. `isBeingWritten`: by this process. Reading its header like that of
 * any file would then take the database's locks away, which POSIX keeps for each process and file.
 */
export function openRecordingFile(path: string, options: { isBeingWritten?: boolean } = {}): DatabaseSync {
  if (options.isBeingWritten !== true) checkHeader(path);
  try {
    finish(path);
    const database = new DatabaseSync(path, { readOnly: true });
    checkVersion(database, path);
    return database;
  } catch (error) {
    throw notARecording(path, error);
  }
}

/** The newest run's surroundings. */
export function readContent(database: DatabaseSync, path: string): RecordingContent {
  try {
    const info = readInfo(database);
    return {
      info: { ...info, recording: null, path },
      probes: readProbes(database),
      counters: readCounters(database, info.run),
      limits: readLimits(database),
      output: readOutput(database, info.run),
      exceptions: readExceptions(database, info.run),
      sources: readSources(database),
    };
  } catch (error) {
    throw notARecording(path, error);
  }
}

/** By the first bytes, before anything opens the file as a database: a foreign one is not touched. */
function checkHeader(path: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  try {
    const file = openSync(path, "r");
    try {
      readSync(file, header, 0, HEADER_BYTES, 0);
    } finally {
      closeSync(file);
    }
  } catch (cause) {
    throw new CallError("not_a_recording", `Cannot open ${path}: ${whyUnread(cause)}`, { cause });
  }
  const isDatabase = header.toString("latin1", 0, 16) === "SQLite format 3\0";
  if (!isDatabase || header.readUInt32BE(68) !== APPLICATION_ID)
    throw new CallError("not_a_recording", `Cannot open ${path}: it is not a PyProbe recording`);
}

function whyUnread(cause: unknown): string {
  switch ((cause as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "there is no such file (check the path)";
    case "EISDIR":
      return "it is a folder (name a recording in it)";
    case "EACCES":
      return "you may not read it (check its permissions)";
    default:
      return cause instanceof Error ? cause.message : String(cause);
  }
}

/** Brings what stands in the log beside the file into it, and old tables up to date. */
function finish(path: string): void {
  if (!isWritable(path)) return;
  const database = new DatabaseSync(path);
  try {
    const { user_version: version } = database.prepare("PRAGMA user_version").get() ?? {};
    if (Number(version) > 0 && Number(version) < SCHEMA_VERSION) migrate(database);
    if (existsSync(`${path}-wal`)) checkpoint(database);
  } finally {
    database.close();
  }
}

function checkpoint(database: DatabaseSync): void {
  try {
    database.exec("PRAGMA wal_checkpoint(PASSIVE)");
  } catch {
    // No room on the disk: it is read from the log beside it.
  }
}

function checkVersion(database: DatabaseSync, path: string): void {
  const { user_version: found } = database.prepare("PRAGMA user_version").get() ?? {};
  const version = Number(found);
  if (version > SCHEMA_VERSION) {
    const reason = `its tables have version ${version}, this PyProbe knows ${SCHEMA_VERSION}`;
    throw new CallError("not_a_recording", `Cannot open ${path}: ${reason} (upgrade PyProbe)`);
  }
  if (version !== SCHEMA_VERSION) throw new Error(`its tables have version ${version}`);
}

function isWritable(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

function notARecording(path: string, cause: unknown): CallError {
  if (cause instanceof CallError) return cause;
  const reason =
    cause instanceof z.ZodError
      ? "its tables hold something else"
      : cause instanceof Error
        ? cause.message
        : String(cause);
  return new CallError("not_a_recording", `Cannot open ${path}: the recording is damaged: ${reason}`, { cause });
}

/** A column that holds JSON of this form. */
function json<Schema extends z.ZodType>(schema: Schema) {
  return z
    .string()
    .transform((text): unknown => JSON.parse(text))
    .pipe(schema);
}

function readInfo(database: DatabaseSync): SessionInfo {
  const row = database.prepare("SELECT info FROM runs ORDER BY run DESC LIMIT 1").get();
  if (row === undefined) throw new Error("it holds no run");
  return z.object({ info: json(sessionInfoSchema) }).parse(row).info;
}

function readLimits(database: DatabaseSync): RecordingContent["limits"] {
  const row = database.prepare("SELECT value FROM meta WHERE key = 'limits'").get();
  return row === undefined ? defaultLimits : z.object({ value: json(limitsSchema) }).parse(row).value;
}

const probeRowSchema = anchorSchema.extend({
  probe: z.int(),
  mode: json(probeModeSchema),
  state: json(probeStateSchema),
});

function readProbes(database: DatabaseSync): Probe[] {
  const rows = database.prepare("SELECT * FROM probes WHERE removed = 0 ORDER BY probe").all();
  return rows.map((row) => {
    const { probe, mode, state, ...anchor } = probeRowSchema.parse(row);
    return { id: probeIdOf(probe), anchor, mode, state };
  });
}

const counterRowSchema = z.object({
  probe: z.int(),
  captures: z.number(),
  skipped: json(skippedSchema),
  lost: z.number(),
  unrecorded: z.number(),
  cost_ns: z.number(),
});

/** What the disk was too slow for counts as lost: it is not here. */
function readCounters(database: DatabaseSync, run: number): ProbeCounters[] {
  return database
    .prepare("SELECT probe, captures, skipped, lost, unrecorded, cost_ns FROM counters WHERE run = ?")
    .all(run)
    .map((row) => {
      const { probe, captures, skipped, lost, unrecorded, cost_ns: costNs } = counterRowSchema.parse(row);
      return { probe: probeIdOf(probe), captures, skipped, lost: lost + unrecorded, rateHz: 0, bytesPerS: 0, costNs };
    });
}

function readOutput(database: DatabaseSync, run: number): RecordingContent["output"] {
  const sql = "SELECT stream, text, t_ms AS tMs FROM outputs WHERE run = ? ORDER BY output DESC LIMIT ?";
  return database
    .prepare(sql)
    .all(run, MAX_OUTPUT_ROWS)
    .map((row) => outputSchema.parse(row))
    .reverse();
}

const exceptionRowSchema = programExceptionSchema.extend({ frames: json(z.array(tracebackFrameSchema)) });

function readExceptions(database: DatabaseSync, run: number): RecordingContent["exceptions"] {
  const sql = "SELECT pid, type, message, file, line, thread, frames FROM exceptions WHERE run = ? ORDER BY exception";
  return database
    .prepare(sql)
    .all(run)
    .map((row) => exceptionRowSchema.parse(row));
}

/** Of each file the text of the newest run that had it. */
function readSources(database: DatabaseSync): RecordingContent["sources"] {
  const rowSchema = z.object({ file: z.string(), text: z.string(), symbols: json(sourceSymbolsSchema) });
  const rows = database.prepare("SELECT file, text, symbols FROM sources ORDER BY run, rowid").all();
  return new Map(
    rows.map((row) => {
      const { file, text, symbols } = rowSchema.parse(row);
      return [file, { text, symbols }];
    }),
  );
}
