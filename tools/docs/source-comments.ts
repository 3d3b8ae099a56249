/**
 * The comments of the protocol's sources, by what they stand before: the reference page says what the sources say, in the same words.
 * Keys: `probeSchema` for a declaration, `probeSchema.anchor` for a field, `probeModeSchema=auto` for a variant of a union
 * or a word of an enumeration.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export type Comments = ReadonlyMap<string, string>;

export function readComments(folder: string): Comments {
  const comments = new Map<string, string>();
  for (const name of readdirSync(folder).sort()) {
    if (!name.endsWith(".ts") || name.endsWith(".test.ts")) continue;
    for (const [key, text] of commentsOf(readFileSync(join(folder, name), "utf8"))) comments.set(key, text);
  }
  return comments;
}

export function commentsOf(source: string): Comments {
  const comments = new Map<string, string>();
  let declaration = "";
  let pending: string | undefined;
  let open: string[] | undefined;
  for (const line of source.split("\n")) {
    if (open !== undefined) {
      if (!line.includes("*/")) open.push(line.replace(/^\s*\* ?/, ""));
      else [pending, open] = [open.join(" ").trim(), undefined];
      continue;
    }
    const [, whole] = /^\s*\/\*\* (.*) \*\/$/.exec(line) ?? [];
    if (whole !== undefined) pending = whole;
    else if (/^\s*\/\*\*$/.test(line)) open = [];
    else {
      declaration = /^(?:export )?(?:const|type|class) (\w+)/.exec(line)?.[1] ?? declaration;
      const key = keyOf(line, declaration);
      if (pending !== undefined && key !== undefined) comments.set(key, pending);
      const [, word, remark] = /^\s+(?:z\.object.*)?"?(\w+)"?.*?, \/\/ (.*)$/.exec(line) ?? [];
      if (word !== undefined && remark !== undefined) comments.set(`${declaration}=${word}`, remark);
      pending = undefined;
    }
  }
  return comments;
}

function keyOf(line: string, declaration: string): string | undefined {
  if (/^(?:export )?(?:const|type|class) /.test(line)) return declaration;
  const [, variant] = /^\s+z\.object\(\{ .*(?:kind|event): z\.literal\("(\w+)"\)/.exec(line) ?? [];
  if (variant !== undefined) return `${declaration}=${variant}`;
  const [, field] = /^\s+"?([\w.]+)"?: /.exec(line) ?? [];
  return field === undefined ? undefined : `${declaration}.${field}`;
}
