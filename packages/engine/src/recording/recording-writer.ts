/** Writes one recording. Lives in the recording worker. A batch is one transaction: whole in the file or not at all. */
import { closeSync, openSync } from "node:fs";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { PYPROBE_VERSION, probeNumber, type SessionInfo } from "@pyprobe/protocol";
import type { StoredCapture } from "./capture-row.ts";
import type { RecordingOp } from "./recording-ops.ts";
import { migrate } from "./recording-schema.ts";

export type CaptureOwner = { readonly run: number; readonly pid: number };

export class RecordingWriter {
  readonly #database: DatabaseSync;
  readonly #insertCapture: StatementSync;
  readonly #insertPayload: StatementSync;
  readonly #statements = new Map<string, StatementSync>();

  /** Makes the file, for this user's eyes only. Throws when there is one already. */
  constructor(path: string) {
    closeSync(openSync(path, "wx", 0o600));
    this.#database = new DatabaseSync(path);
    // WAL, so that readers never wait. NORMAL: a commit survives the end of every process; only the machine's end may cost the last ones.
    this.#database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16000");
    migrate(this.#database);
    this.#setMeta("pyprobe_version", PYPROBE_VERSION);
    this.#setMeta("created", new Date().toISOString());
    // From here on the file itself says what it is, whatever becomes of its log.
    this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    this.#insertCapture = this.#database.prepare(
      "INSERT OR IGNORE INTO captures VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
    );
    this.#insertPayload = this.#database.prepare("INSERT INTO payloads (bytes) VALUES (?)");
  }

  /** Runs `write` as one transaction. */
  transaction(write: () => void): void {
    this.#database.exec("BEGIN");
    try {
      write();
      this.#database.exec("COMMIT");
    } catch (error) {
      // After some errors, a full disk among them, SQLite has rolled back already.
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  /** False when there is a capture of this process and seq already: of a process that had the same pid. */
  addCapture({ probe, seq, row }: StoredCapture, { run, pid }: CaptureOwner): boolean {
    const { value } = row;
    const payload = value.elements === null ? null : this.#insertPayload.run(value.elements).lastInsertRowid;
    const { changes } = this.#insertCapture.run(
      probe,
      run,
      pid,
      seq,
      row.t_ns,
      row.thread,
      row.task,
      row.call,
      row.hit,
      row.depth,
      value.kind,
      value.type,
      value.value,
      value.imag,
      value.text,
      value.length,
      payload,
    );
    return Number(changes) > 0;
  }

  addMissed(probe: number, run: number, count: number): void {
    this.#prepare(
      `INSERT INTO counters (run, probe, captures, skipped, lost, unrecorded, cost_ns) VALUES (?, ?, 0, '{}', 0, ?, 0)
       ON CONFLICT DO UPDATE SET unrecorded = unrecorded + excluded.unrecorded`,
    ).run(run, probe, count);
  }

  apply(op: RecordingOp): void {
    switch (op.kind) {
      case "run":
        this.#setMeta("limits", JSON.stringify(op.limits));
        this.#setRun(op.info);
        return;
      case "target": {
        const { pid, parent, python, executable, mechanism, state } = op.target;
        this.#prepare("INSERT OR REPLACE INTO targets VALUES (?, ?, ?, ?, ?, ?, ?)").run(
          op.run,
          pid,
          parent,
          python,
          executable,
          mechanism,
          state,
        );
        return;
      }
      case "probe": {
        const { id, anchor, mode, state } = op.probe;
        const { file, line, column, symbol, context } = anchor;
        this.#prepare("INSERT OR REPLACE INTO probes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0)").run(
          probeNumber(id),
          file,
          line,
          column,
          symbol,
          anchor.function,
          context,
          JSON.stringify(mode),
          JSON.stringify(state),
        );
        return;
      }
      case "probe_removed":
        this.#prepare("UPDATE probes SET removed = 1 WHERE probe = ?").run(probeNumber(op.probe));
        return;
      case "counters":
        for (const { probe, captures, skipped, lost, costNs } of op.counters) {
          this.#prepare(
            `INSERT INTO counters (run, probe, captures, skipped, lost, cost_ns) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT DO UPDATE SET captures = excluded.captures, skipped = excluded.skipped,
               lost = excluded.lost, cost_ns = excluded.cost_ns`,
          ).run(op.run, probeNumber(probe), captures, JSON.stringify(skipped), lost, costNs);
        }
        return;
      case "output": {
        const { tMs, stream, text } = op.output;
        this.#prepare("INSERT INTO outputs (run, t_ms, stream, text) VALUES (?, ?, ?, ?)").run(
          op.run,
          tMs,
          stream,
          text,
        );
        return;
      }
      case "exception": {
        const { pid, type, message, file, line, thread, frames } = op.exception;
        this.#prepare(
          "INSERT INTO exceptions (run, pid, type, message, file, line, thread, frames) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        ).run(op.run, pid, type, message, file, line, thread, JSON.stringify(frames));
        return;
      }
      case "source":
        this.#prepare("INSERT OR REPLACE INTO sources VALUES (?, ?, ?, ?, ?)").run(
          op.file,
          op.symbols.hash,
          op.run,
          op.text,
          JSON.stringify(op.symbols),
        );
    }
  }

  /** Brings everything into the file itself: it may be copied now. */
  settle(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    } catch {
      // No room, or another engine reads it: what is in the log beside the file is not lost.
    }
  }

  /** Leaves one file without a log beside it: complete when it is copied or mailed. */
  close(): void {
    try {
      this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA journal_mode = DELETE");
    } catch {
      // No room, or another engine reads it: the log stays beside the file, and nothing is lost.
    }
    this.#database.close();
  }

  #setRun(info: SessionInfo): void {
    this.#prepare(
      "INSERT INTO runs VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET started_ms = excluded.started_ms, info = excluded.info",
    ).run(info.run, info.startedAtMs, JSON.stringify(info));
  }

  #setMeta(key: string, value: string): void {
    this.#prepare("INSERT OR REPLACE INTO meta VALUES (?, ?)").run(key, value);
  }

  #prepare(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      statement = this.#database.prepare(sql);
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
