/**
 * The tables of a recording, documented for people who read them with sqlite3 or pandas in docs/recording.md. Each change of the
 * tables is one more migration; a file carries the number of those it has been through in `user_version`.
 */
import type { DatabaseSync } from "node:sqlite";

/** "PYPR": says in the file's header that it is one of ours. */
export const APPLICATION_ID = 0x50595052;

const tables = `
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE runs (
  run INTEGER PRIMARY KEY,
  started_ms REAL NOT NULL,
  info TEXT NOT NULL
);

CREATE TABLE targets (
  run INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  parent INTEGER,
  python TEXT NOT NULL,
  executable TEXT NOT NULL,
  mechanism TEXT NOT NULL,
  state TEXT NOT NULL,
  PRIMARY KEY (run, pid)
) WITHOUT ROWID;

CREATE TABLE sources (
  file TEXT NOT NULL,
  hash TEXT NOT NULL,
  run INTEGER NOT NULL,
  text TEXT NOT NULL,
  symbols TEXT NOT NULL,
  PRIMARY KEY (file, hash)
);

CREATE TABLE probes (
  probe INTEGER PRIMARY KEY,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  "column" INTEGER NOT NULL,
  symbol TEXT NOT NULL,
  function TEXT NOT NULL,
  context TEXT NOT NULL,
  mode TEXT NOT NULL,
  state TEXT NOT NULL,
  removed INTEGER NOT NULL
);

CREATE TABLE captures (
  probe INTEGER NOT NULL,
  run INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  seq INTEGER NOT NULL,
  t_ns INTEGER NOT NULL,
  thread INTEGER NOT NULL,
  task INTEGER,
  call INTEGER NOT NULL,
  hit INTEGER NOT NULL,
  depth INTEGER NOT NULL,
  kind TEXT NOT NULL,
  type TEXT,
  value,
  imag,
  text TEXT,
  length INTEGER,
  payload INTEGER,
  PRIMARY KEY (probe, run, pid, seq)
) WITHOUT ROWID;

CREATE TABLE payloads (payload INTEGER PRIMARY KEY, bytes BLOB NOT NULL);

CREATE TABLE counters (
  run INTEGER NOT NULL,
  probe INTEGER NOT NULL,
  captures INTEGER NOT NULL,
  skipped TEXT NOT NULL,
  lost INTEGER NOT NULL,
  unrecorded INTEGER NOT NULL DEFAULT 0,
  cost_ns REAL NOT NULL,
  PRIMARY KEY (run, probe)
) WITHOUT ROWID;

CREATE TABLE outputs (
  output INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  t_ms REAL NOT NULL,
  stream TEXT NOT NULL,
  text TEXT NOT NULL
);

CREATE TABLE exceptions (
  exception INTEGER PRIMARY KEY,
  run INTEGER NOT NULL,
  pid INTEGER NOT NULL,
  type TEXT NOT NULL,
  message TEXT NOT NULL,
  file TEXT,
  line INTEGER,
  thread TEXT NOT NULL,
  frames TEXT NOT NULL
);

CREATE VIEW v_scalars AS
  SELECT run, pid, 'p' || probe AS probe, symbol, function, line, seq, t_ns / 1e9 AS t_s, value, imag, type,
    call, hit, depth, thread, task
  FROM captures JOIN probes USING (probe)
  WHERE kind IN ('float', 'int', 'uint', 'complex', 'bigint');

CREATE VIEW v_arrays AS
  SELECT run, pid, 'p' || probe AS probe, symbol, function, line, seq, t_ns / 1e9 AS t_s,
    captures.text ->> 'library' AS library, captures.text ->> 'dtype' AS dtype, captures.text ->> 'data' AS data,
    captures.text -> 'shape' AS shape, captures.text ->> 'step' AS step, bytes, call, hit, depth, thread, task
  FROM captures JOIN probes USING (probe) JOIN payloads USING (payload)
  WHERE kind = 'array';

CREATE VIEW v_texts AS
  SELECT run, pid, 'p' || probe AS probe, symbol, function, line, seq, t_ns / 1e9 AS t_s, text, length,
    call, hit, depth, thread, task
  FROM captures JOIN probes USING (probe)
  WHERE kind = 'text';

CREATE VIEW v_counters AS
  SELECT run, 'p' || probe AS probe, symbol, function, line, captures, lost, unrecorded, skipped, cost_ns
  FROM counters JOIN probes USING (probe);
`;

type Migration = (database: DatabaseSync) => void;

const migrations: readonly Migration[] = [(database) => database.exec(tables)];

export const SCHEMA_VERSION = migrations.length;

/** Brings a file, an empty one too, to the newest version. Whole or not at all. */
export function migrate(database: DatabaseSync): void {
  const { user_version: version = 0 } = database.prepare("PRAGMA user_version").get() ?? {};
  if (version === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const migration of migrations.slice(Number(version))) migration(database);
    database.exec(`PRAGMA application_id = ${APPLICATION_ID}`);
    database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}
