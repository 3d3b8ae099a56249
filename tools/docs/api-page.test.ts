import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { renderApiPage } from "./api-page.ts";
import { typeText } from "./schema-text.ts";
import { commentsOf } from "./source-comments.ts";

const root = join(import.meta.dirname, "..", "..");

test("docs/api.md says what the protocol says now (npm run docs)", () => {
  expect(readFileSync(join(root, "docs", "api.md"), "utf8")).toBe(renderApiPage(root));
});

test("types read like types", () => {
  const schema = {
    type: "object",
    properties: { at: { type: ["number", "null"] }, kinds: { type: "array", items: { enum: ["a", "b"] } } },
    required: ["at"],
  };
  expect(typeText(schema)).toBe('{ at: number | null; kinds?: ("a" | "b")[] }');
});

test("comments are found for declarations, fields, variants and words", () => {
  const comments = commentsOf(`
/** A thing. */
export const thingSchema = z.object({
  /** Its size. */
  size: z.int(),
});
export const modeSchema = z.union([
  /** Everything. */
  z.object({ kind: z.literal("every") }),
]);
export const reasonSchema = z.enum([
  "budget", // was spent
]);
`);
  expect(Object.fromEntries(comments)).toEqual({
    thingSchema: "A thing.",
    "thingSchema.size": "Its size.",
    "modeSchema=every": "Everything.",
    "reasonSchema=budget": "was spent",
  });
});
