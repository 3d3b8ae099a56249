/**
 * What was typed, as data. Options stand before the script; everything after it belongs to the program, whatever it looks like.
 */

import { resolve } from "node:path";
import { type ParseArgsConfig, parseArgs } from "node:util";
import type { AnchorQuery, ProbeMode, Program } from "@pyprobe/protocol";
import type { CommandName } from "./help.ts";
import { parseMode, withCondition } from "./mode-option.ts";
import { parseProbe } from "./probe-option.ts";
import { UsageError } from "./usage-error.ts";

export type RunCommand = {
  readonly kind: "run";
  /** A script's path is as it was typed, from `cwd`: the program sees it in `sys.argv`. */
  readonly program: Program;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly python: string | undefined;
  readonly probes: readonly { readonly query: AnchorQuery; readonly mode: ProbeMode }[];
  readonly record: string | undefined;
  readonly output: RunOutput;
};
/** Where captures go: to the page, or to the terminal as text or as JSON lines. */
export type RunOutput =
  | { readonly kind: "page"; readonly port: number | undefined; readonly open: boolean }
  | { readonly kind: "report" }
  | { readonly kind: "json" };

export type Command =
  | RunCommand
  | {
      readonly kind: "open";
      readonly path: string;
      readonly port: number | undefined;
      readonly open: boolean;
    }
  | { readonly kind: "doctor"; readonly python: string | undefined; readonly json: boolean; readonly cwd: string }
  | { readonly kind: "help"; readonly of: CommandName | undefined }
  | { readonly kind: "version" };

/** `cwd` is the folder that relative paths are meant from. Throws `UsageError`. */
export function parseCommandLine(argv: readonly string[], cwd: string): Command {
  const [name, ...rest] = argv;
  switch (name) {
    case undefined:
    case "help":
    case "--help":
    case "-h":
      return { kind: "help", of: undefined };
    case "--version":
    case "-V":
      return { kind: "version" };
    case "run":
      return parseRun(rest, cwd);
    case "open":
      return parseOpen(rest, cwd);
    case "doctor":
      return parseDoctor(rest, cwd);
    default:
      throw new UsageError(undefined, `there is no command "${name}" (choose from run, open, doctor)`);
  }
}

/** What `npm start` has to know of the arguments of `run` before they are run. What is wrong with them `parseCommandLine` says. */
export function glanceAtRun(argv: readonly string[]): { readonly namesProgram: boolean; readonly isHeadless: boolean } {
  try {
    const { own, program } = splitAtProgram(argv);
    return { namesProgram: program !== undefined, isHeadless: own.includes("--headless") };
  } catch {
    return { namesProgram: true, isHeadless: true };
  }
}

const standardOptions = {
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

const pageOptions = { port: { type: "string" }, "no-open": { type: "boolean" } } as const;

const runOptions = {
  ...standardOptions,
  ...pageOptions,
  python: { type: "string" },
  probe: { type: "string", multiple: true },
  mode: { type: "string" },
  when: { type: "string" },
  headless: { type: "boolean" },
  json: { type: "boolean" },
  record: { type: "string" },
} as const;

function parseRun(argv: readonly string[], cwd: string): Command {
  const { own, program, args } = splitAtProgram(argv);
  if (own.includes("-c")) throw new UsageError("run", "there is no -c (put the code into a file)");
  const values = parseOptions("run", own, runOptions).values;
  const standard = standardCommand("run", values);
  if (standard !== undefined) return standard;
  checkProgram(program);
  const output = parseOutput(values);
  const mode = parseHow(values, output);
  return {
    kind: "run",
    program,
    args,
    cwd,
    python: parsePython("run", values.python, cwd),
    probes: (values.probe ?? []).map((text) => ({ query: parseProbe(text, cwd), mode })),
    record: parseRecord(values.record, cwd),
    output,
  };
}

/** Holds for all probes of the command line. */
function parseHow(values: { mode?: string; when?: string; probe?: string[] }, output: RunOutput): ProbeMode {
  const mode: ProbeMode =
    values.mode === undefined ? { kind: output.kind === "page" ? "auto" : "every" } : parseMode(values.mode);
  if (values.when === undefined) return mode;
  if (values.probe === undefined) throw new UsageError("run", "--when has no meaning without --probe");
  return withCondition(mode, values.when);
}

/** Scripts and modules are what can be watched: their names are in a file that can be shown. */
function checkProgram(program: Program | undefined): asserts program is Program {
  if (program === undefined || (program.kind === "script" && program.path === ""))
    throw new UsageError("run", "there is no script (give a path, or -m and a module's name)");
  if (program.kind === "script" && program.path === "-")
    throw new UsageError("run", "a program is not read from standard input (put it into a file)");
}

type RunValues = { port?: string; "no-open"?: boolean; headless?: boolean; json?: boolean };

function parseOutput(values: RunValues): RunOutput {
  if (values.headless !== true) {
    if (values.json === true) throw new UsageError("run", "--json needs --headless");
    return { kind: "page", port: parsePort("run", values.port), open: values["no-open"] !== true };
  }
  if (values.port !== undefined) throw new UsageError("run", "--port has no meaning with --headless");
  return { kind: values.json === true ? "json" : "report" };
}

function parseOpen(argv: readonly string[], cwd: string): Command {
  const { values, positionals } = parseOptions("open", argv, { ...standardOptions, ...pageOptions });
  const standard = standardCommand("open", values);
  if (standard !== undefined) return standard;
  const [path, ...more] = positionals;
  if (path === undefined || more.length > 0) throw new UsageError("open", "give the path of one recording");
  return {
    kind: "open",
    path: resolve(cwd, path),
    port: parsePort("open", values.port),
    open: values["no-open"] !== true,
  };
}

function parseDoctor(argv: readonly string[], cwd: string): Command {
  const options = { ...standardOptions, python: { type: "string" }, json: { type: "boolean" } } as const;
  const { values, positionals } = parseOptions("doctor", argv, options);
  const standard = standardCommand("doctor", values);
  if (standard !== undefined) return standard;
  if (positionals.length > 0) throw new UsageError("doctor", `"${positionals[0]}" has no meaning here`);
  return {
    kind: "doctor",
    python: parsePython("doctor", values.python, cwd),
    json: values.json === true,
    cwd,
  };
}

function standardCommand(of: CommandName, values: { help?: boolean; version?: boolean }): Command | undefined {
  if (values.help === true) return { kind: "help", of };
  return values.version === true ? { kind: "version" } : undefined;
}

type Split = {
  readonly own: readonly string[];
  readonly program: Program | undefined;
  readonly args: readonly string[];
};

/** Cuts at the script or at the name after `-m`. The tokens tell which words are values of our own options. */
function splitAtProgram(argv: readonly string[]): Split {
  const args = [...argv];
  const options = { ...runOptions, m: { type: "string", short: "m" } } as const;
  const { tokens } = parseArgs({ args, options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === "positional") {
      const own = args.slice(0, token.index).filter((word) => word !== "--");
      return { own, program: { kind: "script", path: token.value }, args: args.slice(token.index + 1) };
    }
    if (token.kind === "option" && token.rawName === "-m") {
      if (typeof token.value !== "string" || token.value === "")
        throw new UsageError("run", "-m needs a module's name");
      const next = token.index + (token.inlineValue === true ? 1 : 2);
      return {
        own: args.slice(0, token.index),
        program: { kind: "module", name: token.value },
        args: args.slice(next),
      };
    }
  }
  return { own: args, program: undefined, args: [] };
}

function parseOptions<Options extends NonNullable<ParseArgsConfig["options"]>>(
  of: CommandName,
  argv: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(of, sentenceOf(error), { cause: error });
  }
}

/** Node's own messages go on about `--`; the first sentence says it all. */
function sentenceOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split(/\.?(?:\n|$)|\. /)[0] ?? message;
  return first.charAt(0).toLowerCase() + first.slice(1);
}

function parsePort(of: CommandName, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port >= 0 && port <= 65535))
    throw new UsageError(of, `--port "${text}" is not a port (0 to 65535; 0 takes a free one)`);
  return port;
}

/** A bare name such as `python3.13` is looked up on PATH by the engine; anything with a slash is a path. */
function parsePython(of: CommandName, text: string | undefined, cwd: string): string | undefined {
  if (text === undefined) return undefined;
  if (text === "") throw new UsageError(of, "--python needs the path of an interpreter");
  return /[\\/]/.test(text) ? resolve(cwd, text) : text;
}

function parseRecord(text: string | undefined, cwd: string): string | undefined {
  if (text === undefined) return undefined;
  if (text === "") throw new UsageError("run", "--record needs the path of a file");
  return resolve(cwd, text);
}
