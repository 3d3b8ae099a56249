import { resolve } from "node:path";
import { type AnchorQuery, anchorQuerySchema } from "@pyprobe/protocol";
import { UsageError } from "./usage-error.ts";

/** The file may hold a colon (`C:\app.py`), and so may the symbol (`buf[1:3]`): the first number between colons is the line. */
const pattern = /^(?<file>.+?):(?<line>\d{1,9})(?::(?<column>\d{1,9}))?:\s*(?<symbol>[^\d\s].*)$/;

/** `FILE:LINE[:COLUMN]:SYMBOL`, line and column as editors show them, from 1. */
export function parseProbe(text: string, cwd: string): AnchorQuery {
  const groups = pattern.exec(text)?.groups;
  const line = Number(groups?.line);
  const column = groups?.column === undefined ? undefined : Number(groups.column);
  if (groups?.file === undefined || !(line >= 1) || column === 0) {
    throw new UsageError(
      "run",
      `--probe "${text}" is not FILE:LINE:SYMBOL or FILE:LINE:COLUMN:SYMBOL (lines and columns count from 1)`,
    );
  }
  return anchorQuerySchema.parse({
    file: resolve(cwd, groups.file),
    line,
    ...(column === undefined ? {} : { column: column - 1 }),
    symbol: groups.symbol?.trim(),
  });
}
