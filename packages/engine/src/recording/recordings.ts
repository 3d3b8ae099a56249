/** All recordings of this engine: those being written, and those that were opened. */
import type { DatabaseSync } from "node:sqlite";
import { CallError } from "@pyprobe/protocol";
import { CaptureLog } from "../capture/capture-log.ts";
import type { Captures } from "../capture/captures.ts";
import type { Session } from "../session/session.ts";
import { CapturesInRecording } from "./captures-in-recording.ts";
import { openRecordingFile, type RecordingContent, readContent } from "./recording-file.ts";
import { SessionRecorder, type SourceReader } from "./session-recorder.ts";

/** A recorded session has a log, too; nothing ever goes into it. */
const EMPTY_LOG_BYTES = 4096;

export class Recordings {
  readonly #recorders = new Set<SessionRecorder>();
  /** Those whose file is being made. */
  readonly #beginning = new Map<Session, Promise<SessionRecorder>>();
  readonly #opened = new Map<CaptureLog, DatabaseSync>();
  readonly #captures = new WeakMap<CaptureLog, Captures>();

  /** Writes what the session still has, and all that follows. Throws a `CallError`. */
  async record(session: Session, path: string, readSource: SourceReader): Promise<void> {
    if (this.#beginning.has(session))
      throw new CallError("cannot_write", `Cannot record session ${session.id}: a recording of it has just begun`);
    const beginning = SessionRecorder.start(session, path, readSource);
    this.#beginning.set(session, beginning);
    try {
      this.#recorders.add(await beginning);
    } finally {
      this.#beginning.delete(session);
    }
  }

  /** Throws a `CallError` when the file is not a recording, or is damaged. */
  open(path: string): RecordingContent & { log: CaptureLog } {
    const isBeingWritten = [...this.#recorders].some((recorder) => recorder.path === path);
    const database = openRecordingFile(path, { isBeingWritten });
    const content = readContent(database, path);
    const log = new CaptureLog({ maxBytes: EMPTY_LOG_BYTES });
    this.#captures.set(log, new CapturesInRecording(database, path));
    this.#opened.set(log, database);
    return { ...content, log };
  }

  /** The captures behind the log of a recorded session. */
  findCaptures(log: CaptureLog): Captures | undefined {
    return this.#captures.get(log);
  }

  /** Settles when everything that happened in the session so far is in its file, if it is recorded. */
  async flush(session: Session): Promise<void> {
    for (const recorder of this.#recorders) if (recorder.session === session) await recorder.flush();
  }

  /** The session is being closed: what was recorded of it is complete, what was opened for it is closed. */
  async finish(session: Session): Promise<void> {
    await this.#beginning.get(session)?.catch(() => undefined);
    for (const recorder of this.#recorders) {
      if (recorder.session !== session) continue;
      await recorder.close();
      this.#recorders.delete(recorder);
    }
    this.#opened.get(session.log)?.close();
    this.#opened.delete(session.log);
  }

  /** Writes everything that is not in its file yet. */
  async close(): Promise<void> {
    await Promise.allSettled(this.#beginning.values());
    await Promise.all([...this.#recorders].map((recorder) => recorder.close()));
    this.#recorders.clear();
    for (const database of this.#opened.values()) database.close();
    this.#opened.clear();
  }
}
