import type { Brand } from "@pyprobe/base";
import * as z from "zod";

/** A line of a source file, counted from 1. */
export type Line1 = Brand<number, "Line1">;
/** A column in a line, counted from 0 in UTF-16 code units (what JavaScript strings and editors count). */
export type Column0 = Brand<number, "Column0">;

export const line1Schema = z
  .int()
  .min(1)
  .transform((n) => n as Line1);
export const column0Schema = z
  .int()
  .min(0)
  .transform((n) => n as Column0);

/** How the occurrence of the name uses it. `parameter` is the name in the function's signature. */
export const anchorContextSchema = z.enum(["store", "load", "parameter"]);
export type AnchorContext = z.infer<typeof anchorContextSchema>;

/**
 * An immutable place in source: one occurrence of one name. `symbol` is the text as written there: `x`, `self.gain`,
 * `buf[i]`. `column` is where that text starts. `function` is the qualified name of the enclosing function as Python's
 * `__qualname__` has it; an empty string at module level.
 */
export const anchorSchema = z.object({
  file: z.string().min(1),
  line: line1Schema,
  column: column0Schema,
  symbol: z.string().min(1),
  function: z.string(),
  context: anchorContextSchema,
});
export type Anchor = z.infer<typeof anchorSchema>;

/** What a person types: the engine resolves it to an `Anchor` with the symbols of the file. */
export const anchorQuerySchema = z.object({
  file: z.string().min(1),
  line: line1Schema,
  /** Without it: the first storing occurrence on the line, else a parameter, else the first loading one. */
  column: column0Schema.optional(),
  /** The text as written, or the last name of an attribute target. */
  symbol: z.string().min(1),
});
export type AnchorQuery = z.infer<typeof anchorQuerySchema>;

/** A name in a source file, with its exact range, whether or not it can be probed. */
export const symbolSchema = z.object({
  symbol: z.string(),
  line: line1Schema,
  column: column0Schema,
  endLine: line1Schema,
  endColumn: column0Schema,
  function: z.string(),
  context: anchorContextSchema,
  /** Present when it cannot be probed: one sentence for the person who points at it. */
  reason: z.string().optional(),
});
export type SourceSymbol = z.infer<typeof symbolSchema>;

/** A function or class body, for breadcrumbs and grouping. */
export const scopeSchema = z.object({
  kind: z.enum(["function", "class"]),
  name: z.string(),
  line: line1Schema,
  endLine: line1Schema,
});
export type SourceScope = z.infer<typeof scopeSchema>;

/** What the target interpreter's own `ast` says about one file. `hash` is the SHA-256 of the text's UTF-8 bytes, in hex. */
export const sourceSymbolsSchema = z.object({
  file: z.string(),
  hash: z.string(),
  symbols: z.array(symbolSchema),
  scopes: z.array(scopeSchema),
  /** Present when the file does not parse; then `symbols` is empty. */
  error: z.object({ line: line1Schema, column: column0Schema, message: z.string() }).optional(),
});
export type SourceSymbols = z.infer<typeof sourceSymbolsSchema>;
