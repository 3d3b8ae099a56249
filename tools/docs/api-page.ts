/** `docs/api.md`, from the tables of calls and events and the comments beside them. */
import { join } from "node:path";
import * as protocol from "@pyprobe/protocol";
import * as z from "zod";
import { isRequired, type JsonSchema, nameOfReference, typeText, variantsOf } from "./schema-text.ts";
import { type Comments, readComments } from "./source-comments.ts";

/** Schemas that say no more than their JSON type are written out in place. */
const inlined = new Set(["line1", "column0", "jsonNumber", "probeId", "sessionId"]);

const introduction = `# API reference

Everything a client can do: calls with a reply, and events. It is [JSON-RPC 2.0](https://www.jsonrpc.org/specification), one
message each (no batches), the same over every transport. This page is written by \`npm run docs\` from
\`packages/protocol\`; its words are the comments there.

- A field marked \`?\` may be left out. \`int\` is a number without a fraction; \`line\` counts from 1 and \`column\` from 0, in UTF-16 units.
- Floats that JSON does not have are the strings \`"nan"\`, \`"inf"\`, \`"-inf"\`; ints beyond 2^53 are strings of digits.
- Statistics of an array are over its finite elements. NaN are counted in \`nan\`, infinities, where there are any, in \`infinite\`. Times are
  int64 in the unit that the dtype names; one that is not a time (NaT) is \`"NaT"\` in the head and counts as NaN.
- A refused call is answered by an error whose \`data.code\` is one of the [error codes](#error-codes); its message says what could not
  be done, why, and what to do next.
- View packets are binary messages on the same connection; their layout stands in \`packages/protocol/src/view.ts\`.
`;

export function renderApiPage(root: string): string {
  const comments = readComments(join(root, "packages", "protocol", "src"));
  const names = namedSchemas();
  const used = new Map<string, JsonSchema>();
  const schemaOf = (schema: z.ZodType): JsonSchema => {
    const { $defs = {}, ...json } = z.toJSONSchema(schema, { io: "input", metadata: names.registry }) as JsonSchema;
    for (const [name, definition] of Object.entries($defs)) used.set(name, definition);
    return json;
  };
  const calls = Object.entries(protocol.calls).flatMap(([name, { doc, params, result }]) => [
    `### ${name}`,
    doc,
    ...fieldTable("Parameters", schemaOf(params), [`calls.${name}`, "calls"], comments),
    resultText(schemaOf(result)),
  ]);
  const events = Object.entries(protocol.events).flatMap(([name, { doc, params }]) => [
    `### ${name}`,
    doc,
    ...fieldTable("Parameters", schemaOf(params), [`events.${name}`], comments),
  ]);
  const types = [...used]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([name, schema]) => typeSection(name, schema, names.constantOf(name), comments));
  const codes = protocol.errorCodeSchema.options.map((code) => `- \`${code}\``).join("\n");
  const sections = [
    introduction,
    "## Calls",
    ...calls,
    "## Events",
    ...events,
    "## Types",
    ...types,
    "## Error codes",
    codes,
  ];
  return `${sections.map((text) => text.trim()).join("\n\n")}\n`;
}

/** Every exported `fooSchema` is a type `Foo`. */
function namedSchemas(): { registry: z.core.$ZodRegistry<{ id: string }>; constantOf: (name: string) => string } {
  const registry = z.registry<{ id: string }>();
  const constants = new Map<string, string>();
  for (const [constant, value] of Object.entries(protocol)) {
    const base = constant.replace(/Schema$/, "");
    if (base === constant || inlined.has(base) || !(value instanceof z.ZodType)) continue;
    const id = base.charAt(0).toUpperCase() + base.slice(1);
    registry.add(value, { id });
    constants.set(id, constant);
  }
  return { registry, constantOf: (name) => constants.get(name) ?? name };
}

function fieldTable(title: string, schema: JsonSchema, owners: readonly string[], comments: Comments): string[] {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length === 0) return [];
  const rows = fields.map(([name, field]) => {
    const comment = owners.map((owner) => comments.get(`${owner}.${name}`)).find((text) => text !== undefined);
    const preset = field.default === undefined ? "" : `Default: ${code(JSON.stringify(field.default))}.`;
    const optional = isRequired(schema, name) ? "" : "?";
    const cells = [`\`${name}${optional}\``, typeCell(field), [comment ?? "", preset].join(" ").trim()];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return [[`| ${title} | type | |`, "|---|---|---|", ...rows].join("\n")];
}

function resultText(schema: JsonSchema): string {
  const isEmpty = schema.type === "object" && Object.keys(schema.properties ?? {}).length === 0;
  return isEmpty ? "Result: `{}`" : `Result: ${typeCell(schema)}`;
}

function typeSection(name: string, schema: JsonSchema, constant: string, comments: Comments): string[] {
  const about = comments.get(constant);
  const section = [`### ${name}`, ...(about === undefined ? [] : [about])];
  const variants = variantsOf(schema);
  if (variants.length > 0)
    return [...section, variants.map((variant) => bullet(variant, constant, comments)).join("\n")];
  if (schema.enum !== undefined)
    return [...section, schema.enum.map((word) => wordBullet(String(word), constant, comments)).join("\n")];
  const table = fieldTable("Field", schema, [constant], comments);
  return [...section, ...(table.length > 0 ? table : [typeCell(schema)])];
}

function bullet(variant: JsonSchema, constant: string, comments: Comments): string {
  const tag = variant.properties?.kind?.const;
  const comment = typeof tag === "string" ? comments.get(`${constant}=${tag}`) : undefined;
  return comment === undefined ? `- ${typeCell(variant)}` : `- ${typeCell(variant)}: ${comment}`;
}

function wordBullet(word: string, constant: string, comments: Comments): string {
  const comment = comments.get(`${constant}=${word}`);
  return comment === undefined ? `- \`${word}\`` : `- \`${word}\`: ${comment}`;
}

/** A type as code; a type that is only a name links to its section. */
function typeCell(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return linkTo(nameOfReference(schema.$ref));
  if (schema.type === "array" && schema.items?.$ref !== undefined)
    return `${linkTo(nameOfReference(schema.items.$ref))}[]`;
  return code(typeText(schema));
}

function linkTo(name: string): string {
  return `[${name}](#${name.toLowerCase()})`;
}

function code(text: string): string {
  return `\`${text}\``;
}
