/** The look-ups that both threads make in a recording's captures. A capture is found by its key; nothing is loaded ahead. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { type CaptureRow, type RowKind, recordOfRow } from "./capture-row.ts";

export type TrackKey = { readonly probe: number; readonly run: number; readonly pid: number };
export type CaptureKey = TrackKey & { readonly seq: number };

const columns =
  "seq, t_ns, thread, task, call, hit, depth, kind, type, value, imag, text, length, (SELECT bytes FROM payloads p WHERE p.payload = c.payload) AS elements";
const whereTrack = "FROM captures c WHERE probe = ? AND run = ? AND pid = ?";

export class RecordingQuery {
  readonly #byKey: StatementSync;
  readonly #after: StatementSync;
  readonly #newest: StatementSync;
  readonly #count: StatementSync;
  readonly #pids: StatementSync;
  readonly #runs: StatementSync;

  constructor(database: DatabaseSync) {
    this.#byKey = database.prepare(`SELECT ${columns} ${whereTrack} AND seq = ?`);
    this.#after = database.prepare(`SELECT ${columns} ${whereTrack} AND seq > ? ORDER BY seq LIMIT 1`);
    // Ints of 64 bits do not fit numbers.
    for (const statement of [this.#byKey, this.#after]) statement.setReadBigInts(true);
    this.#newest = database.prepare(`SELECT seq, t_ns ${whereTrack} AND seq <= ? ORDER BY seq DESC LIMIT 1`);
    this.#count = database.prepare("SELECT count(*) AS count FROM captures WHERE probe = ? AND run = ?");
    this.#pids = database.prepare("SELECT pid FROM targets WHERE run = ? ORDER BY pid");
    this.#runs = database.prepare("SELECT run FROM runs ORDER BY run DESC");
  }

  /** The record in packet form. */
  record(key: CaptureKey): Uint8Array | undefined {
    const row = this.#byKey.get(key.probe, key.run, key.pid, key.seq);
    return row === undefined ? undefined : recordFrom(row, key.probe);
  }

  /** Records with a seq above `after`, oldest first. One at a time: payloads are large, and others ask in between. */
  *recordsAfter(track: TrackKey, options: { after: number; limit: number }): Generator<Uint8Array> {
    let { after } = options;
    for (let count = 0; count < options.limit; count += 1) {
      const row = this.#after.get(track.probe, track.run, track.pid, after);
      if (row === undefined) return;
      after = Number(row.seq);
      yield recordFrom(row, track.probe);
    }
  }

  newestAtOrBefore(track: TrackKey, seq: number): { seq: number; tNs: number } | undefined {
    const row = this.#newest.get(track.probe, track.run, track.pid, seq);
    return row === undefined ? undefined : { seq: Number(row.seq), tNs: Number(row.t_ns) };
  }

  count(probe: number, run: number): number {
    return Number(this.#count.get(probe, run)?.count ?? 0);
  }

  pids(run: number): number[] {
    return this.#pids.all(run).map(({ pid }) => Number(pid));
  }

  /** Newest first. */
  runs(): number[] {
    return this.#runs.all().map(({ run }) => Number(run));
  }
}

type Row = Record<string, unknown>;

function recordFrom(row: Row, probe: number): Uint8Array {
  const { value, imag, elements } = row;
  const captureRow: CaptureRow = {
    t_ns: Number(row.t_ns),
    thread: Number(row.thread),
    task: row.task === null ? null : Number(row.task),
    call: Number(row.call),
    hit: Number(row.hit),
    depth: Number(row.depth),
    value: {
      kind: String(row.kind) as RowKind,
      type: textOrNull(row.type),
      value: typeof value === "number" || typeof value === "bigint" ? value : null,
      imag: imag === null ? null : Number(imag),
      text: textOrNull(row.text),
      length: row.length === null ? null : Number(row.length),
      elements: elements instanceof Uint8Array ? elements : null,
    },
  };
  return recordOfRow({ probe, seq: Number(row.seq), row: captureRow });
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
