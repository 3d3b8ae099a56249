/**
 * The sources of programs: their text, and the names in it as the program's own interpreter sees them. Texts are read anew each
 * time, names are kept by the hash of the text. Earlier versions are remembered, so that anchors can follow edits.
 */
import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { Dispose } from "@pyprobe/base";
import { type Anchor, type AnchorQuery, CallError, type Interpreter, type SourceSymbols } from "@pyprobe/protocol";
import { followAnchor, isAnchored } from "./anchor-follow.ts";
import { resolveQuery } from "./anchor-query.ts";
import { FileWatch } from "./file-watch.ts";
import { isAllowed, listFiles } from "./source-files.ts";
import type { SourceOwner, SourceText } from "./source-owner.ts";
import { decodeSource, hashSource } from "./source-text.ts";

const MAX_SOURCE_BYTES = 10 * 1024 * 1024;
const MAX_VERSIONS = 8;
const MAX_CACHED = 500;
const MAX_READS = 3;

/** What finds the names in a file. */
export type SymbolReader = {
  read(interpreter: Interpreter, file: string): Promise<SourceSymbols>;
};

export class Sources {
  readonly #reader: SymbolReader;
  readonly #watch = new FileWatch();
  /** By interpreter, file and hash; the oldest go. */
  readonly #symbols = new Map<string, Promise<SourceSymbols>>();
  /** Newest last. */
  readonly #versions = new Map<string, SourceText[]>();

  constructor(reader: SymbolReader) {
    this.#reader = reader;
  }

  /** Throws a `CallError` when the file is not there, is not text, or is none of the program's sources. */
  async open(owner: SourceOwner, file: string): Promise<SourceText> {
    const stored = owner.storedSources?.get(file);
    if (stored !== undefined) return stored;
    await owner.prepared;
    const path = resolve(owner.info.cwd, file);
    if (!isAllowed(owner, path)) {
      throw new CallError("no_such_file", `Cannot open ${path}: it is not one of the program's Python sources`);
    }
    return this.#read(owner, path);
  }

  /** Calls `listener` when the content of the file has changed. */
  watch(file: string, listener: () => void): Dispose {
    return this.#watch.watch(file, listener);
  }

  async list(owner: SourceOwner): Promise<string[]> {
    await owner.prepared;
    return listFiles(owner);
  }

  /** Throws a `CallError` that says what is at that place instead. */
  async resolve(owner: SourceOwner, query: AnchorQuery): Promise<Anchor> {
    await owner.prepared;
    const file = resolve(owner.info.cwd, query.file);
    if (owner.interpreter === null) {
      const what = `Cannot place probe on "${query.symbol}" at ${file}:${query.line}`;
      throw new CallError("no_interpreter", `${what}: there is no Python to find the names with`);
    }
    const { text, symbols } = await this.#read(owner, file);
    return resolveQuery({ ...query, file }, symbols, text);
  }

  /** Where an anchor stands in the file as it is now; undefined when its name is gone from its function. */
  async follow(owner: SourceOwner, anchor: Anchor): Promise<Anchor | undefined> {
    const versions = this.#versions.get(anchor.file) ?? [];
    const before = versions.findLast((version) => isAnchored(anchor, version));
    const now = await this.#read(owner, anchor.file).catch(() => undefined);
    // A file that cannot be read or parsed now has its own error; the probe waits where it was.
    if (now === undefined || now.symbols.error !== undefined || isSameText(before, now)) return anchor;
    return followAnchor(anchor, before ?? now, now);
  }

  dispose(): void {
    this.#watch.dispose();
  }

  async #read(owner: SourceOwner, path: string): Promise<SourceText> {
    const { interpreter } = owner;
    for (let attempt = 1; ; attempt += 1) {
      const text = decodeSource(await readSource(path));
      const hash = hashSource(text);
      if (interpreter === null) return { text, symbols: { file: path, hash, symbols: [], scopes: [] } };
      const symbols = await this.#symbolsOf(interpreter, { path, hash });
      // The interpreter reads the file itself; it may have been saved between the two.
      if (symbols.hash !== hash) this.#symbols.delete(cacheKey(interpreter, { path, hash }));
      if (symbols.hash !== hash && symbols.error === undefined && attempt < MAX_READS) continue;
      const version = { text, symbols };
      this.#remember(path, version);
      return version;
    }
  }

  #symbolsOf(interpreter: Interpreter, file: { path: string; hash: string }): Promise<SourceSymbols> {
    const key = cacheKey(interpreter, file);
    const known = this.#symbols.get(key);
    if (known !== undefined) return known;
    const symbols = this.#reader.read(interpreter, file.path);
    this.#symbols.set(key, symbols);
    symbols.catch(() => this.#symbols.delete(key));
    const [oldest] = this.#symbols.keys();
    if (this.#symbols.size > MAX_CACHED && oldest !== undefined) this.#symbols.delete(oldest);
    return symbols;
  }

  #remember(path: string, version: SourceText): void {
    const versions = this.#versions.get(path) ?? [];
    if (isSameText(versions.at(-1), version)) return;
    this.#versions.set(path, [...versions, version].slice(-MAX_VERSIONS));
  }
}

async function readSource(path: string): Promise<Uint8Array> {
  const info = await stat(path).catch(() => undefined);
  if (info === undefined) throw new CallError("no_such_file", `Cannot open ${path}: there is no such file`);
  if (!info.isFile()) throw new CallError("no_such_file", `Cannot open ${path}: it is not a file`);
  if (info.size > MAX_SOURCE_BYTES) {
    throw new CallError("not_python", `Cannot open ${path}: it has ${info.size} bytes, more than Python sources have`);
  }
  const bytes = await readFile(path).catch((cause: NodeJS.ErrnoException) => {
    const reason = cause.code === "EACCES" ? "you may not read it (check its permissions)" : cause.message;
    throw new CallError("no_such_file", `Cannot open ${path}: ${reason}`, { cause });
  });
  if (bytes.includes(0)) throw new CallError("not_python", `Cannot open ${path}: it is not Python, it has null bytes`);
  return bytes;
}

function cacheKey(interpreter: Interpreter, { path, hash }: { path: string; hash: string }): string {
  return `${interpreter.path}\n${path}\n${hash}`;
}

function isSameText(a: SourceText | undefined, b: SourceText): boolean {
  return a?.symbols.hash === b.symbols.hash;
}
