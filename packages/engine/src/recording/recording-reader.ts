/** Captures of recordings, read in a projection worker. Keeps a few files open, and the columns that are looked at. */
import { DatabaseSync, type StatementSync } from "node:sqlite";
import type { ScalarHistory } from "@pyprobe/lens";
import { RecordError } from "@pyprobe/protocol";
import type { RecordedCapture } from "../capture/capture-source.ts";
import { MAX_HISTORY_POINTS, ScalarColumns } from "../capture/scalar-columns.ts";
import { RecordingQuery } from "./recording-query.ts";

const MAX_OPEN_FILES = 4;
const MAX_CACHED_COLUMNS = 8;

type OpenFile = { readonly database: DatabaseSync; readonly query: RecordingQuery; readonly scalars: StatementSync };
type CachedColumns = { readonly columns: ScalarColumns; readonly upTo: number };

export class RecordingReader {
  readonly #files = new Map<string, OpenFile>();
  readonly #columns = new Map<string, CachedColumns>();

  record(capture: RecordedCapture): Uint8Array {
    const record = this.#open(capture.path).query.record(capture);
    if (record === undefined) throw new RecordError(`Cannot read capture ${capture.seq}: it is not in the recording`);
    return record;
  }

  /** The scalars of the capture's probe in its run and process, up to it. */
  history(capture: RecordedCapture): ScalarHistory {
    const key = `${capture.path} ${capture.run} ${capture.pid} ${capture.probe}`;
    let cached = this.#columns.get(key);
    const isUseful = cached !== undefined && cached.upTo >= capture.seq && cached.columns.reachesBackTo(capture.seq);
    if (cached === undefined || !isUseful) {
      cached = { columns: this.#read(capture), upTo: capture.seq };
      this.#columns.set(key, cached);
      dropOldest(this.#columns, MAX_CACHED_COLUMNS);
    }
    return cached.columns.historyUntil(capture.seq);
  }

  /** Closes the file; it is opened again when it is asked for. */
  forget(path: string): void {
    this.#files.get(path)?.database.close();
    this.#files.delete(path);
    for (const key of this.#columns.keys()) if (key.startsWith(`${path} `)) this.#columns.delete(key);
  }

  #read(capture: RecordedCapture): ScalarColumns {
    const columns = new ScalarColumns();
    const { scalars } = this.#open(capture.path);
    const { probe, run, pid, seq } = capture;
    for (const row of scalars.all(probe, run, pid, seq, MAX_HISTORY_POINTS).reverse()) {
      const re = row.value === null ? Number.NaN : Number(row.value);
      const im = row.kind === "complex" ? (row.imag === null ? Number.NaN : Number(row.imag)) : undefined;
      columns.addValue({ re, im, tNs: Number(row.t_ns), ordinal: Number(row.seq) });
    }
    return columns;
  }

  #open(path: string): OpenFile {
    let file = this.#files.get(path);
    if (file === undefined) {
      const database = new DatabaseSync(path, { readOnly: true });
      const scalars = database.prepare(
        `SELECT seq, t_ns, kind, CAST(value AS REAL) AS value, imag FROM captures
         WHERE probe = ? AND run = ? AND pid = ? AND seq <= ? AND kind IN ('float', 'int', 'uint', 'complex', 'bigint')
         ORDER BY seq DESC LIMIT ?`,
      );
      file = { database, query: new RecordingQuery(database), scalars };
      this.#files.set(path, file);
      for (const dropped of dropOldest(this.#files, MAX_OPEN_FILES)) dropped.database.close();
    }
    return file;
  }
}

function dropOldest<T>(map: Map<string, T>, max: number): T[] {
  const dropped: T[] = [];
  for (const [key, value] of map) {
    if (map.size <= max) break;
    map.delete(key);
    dropped.push(value);
  }
  return dropped;
}
