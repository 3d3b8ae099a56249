import type { Interpreter, SourceSymbols } from "@pyprobe/protocol";

export type SourceText = { readonly text: string; readonly symbols: SourceSymbols };

/** What a session says about the files that may be looked at through it. */
export type SourceOwner = {
  /** Resolves when what is here is known, or cannot be. */
  readonly prepared: Promise<void>;
  /** Null when none was found: then texts are shown without the names in them. */
  readonly interpreter: Interpreter | null;
  readonly info: { readonly cwd: string; readonly mainFile: string | null };
  /** Files that were seen in tracebacks or carry a probe: they may be looked at, wherever they are. */
  readonly tracedFiles: ReadonlySet<string>;
  /** The texts of a recording; of a program they are on disk. */
  readonly storedSources: ReadonlyMap<string, SourceText> | undefined;
};
