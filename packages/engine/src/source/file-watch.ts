/**
 * Tells when the content of files changes. Folders are watched rather than files, because editors replace a file by another
 * one of its name. Several events for one save become one, and a save that changes nothing is none.
 */
import { createHash } from "node:crypto";
import { type FSWatcher, readFileSync, watch } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { Dispose } from "@pyprobe/base";

/** Editors write in several steps. */
const SETTLE_MS = 40;
/** A folder that went away may come back, as with a change of branch. */
const RETRY_MS = 1_000;

type WatchedFile = {
  readonly listeners: Set<() => void>;
  digest: string | undefined;
  timer: NodeJS.Timeout | undefined;
};

export class FileWatch {
  readonly #folders = new Map<string, WatchedFolder>();

  watch(file: string, listener: () => void): Dispose {
    const path = resolve(file);
    const folderPath = dirname(path);
    let folder = this.#folders.get(folderPath);
    if (folder === undefined) {
      folder = new WatchedFolder(folderPath);
      this.#folders.set(folderPath, folder);
    }
    const watched = folder;
    const remove = watched.add(basename(path), listener);
    return () => {
      remove();
      if (!watched.isEmpty || this.#folders.get(folderPath) !== watched) return;
      watched.dispose();
      this.#folders.delete(folderPath);
    };
  }

  /** For tests that assert that nothing is left. */
  get folderCount(): number {
    return this.#folders.size;
  }

  dispose(): void {
    for (const folder of this.#folders.values()) folder.dispose();
    this.#folders.clear();
  }
}

class WatchedFolder {
  readonly #path: string;
  readonly #files = new Map<string, WatchedFile>();
  #watcher: FSWatcher | undefined;
  #retry: NodeJS.Timeout | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#start();
  }

  get isEmpty(): boolean {
    return this.#files.size === 0;
  }

  add(name: string, listener: () => void): Dispose {
    let file = this.#files.get(name);
    if (file === undefined) {
      file = { listeners: new Set(), digest: this.#digest(name), timer: undefined };
      this.#files.set(name, file);
    }
    const { listeners } = file;
    // The same function may listen twice.
    const entry = () => listener();
    listeners.add(entry);
    return () => {
      listeners.delete(entry);
      if (listeners.size > 0) return;
      clearTimeout(this.#files.get(name)?.timer);
      this.#files.delete(name);
    };
  }

  dispose(): void {
    clearTimeout(this.#retry);
    for (const { timer } of this.#files.values()) clearTimeout(timer);
    this.#files.clear();
    this.#watcher?.close();
  }

  #start(): void {
    try {
      this.#watcher = watch(this.#path, { persistent: false }, (_event, name) => this.#changed(name));
      this.#watcher.on("error", () => this.#restart());
    } catch {
      this.#restart();
    }
  }

  #restart(): void {
    this.#watcher?.close();
    this.#watcher = undefined;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => {
      this.#start();
      for (const name of this.#files.keys()) this.#check(name);
    }, RETRY_MS);
    this.#retry.unref();
  }

  #changed(name: string | null): void {
    // Some systems do not say which file it was; and the folder itself goes by its own name.
    if (name === null || !this.#files.has(name)) {
      if (name === null || name === basename(this.#path)) for (const known of this.#files.keys()) this.#schedule(known);
      return;
    }
    this.#schedule(name);
  }

  #schedule(name: string): void {
    const file = this.#files.get(name);
    if (file === undefined) return;
    clearTimeout(file.timer);
    file.timer = setTimeout(() => this.#check(name), SETTLE_MS);
  }

  #check(name: string): void {
    const file = this.#files.get(name);
    const digest = this.#digest(name);
    // A file that is gone for the moment is not a change: the text that is shown is still the last there was.
    if (file === undefined || digest === undefined || digest === file.digest) return;
    file.digest = digest;
    for (const listener of [...file.listeners]) listener();
  }

  #digest(name: string): string | undefined {
    try {
      return createHash("sha256")
        .update(readFileSync(resolve(this.#path, name)))
        .digest("hex");
    } catch {
      return undefined;
    }
  }
}
