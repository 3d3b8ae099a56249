/** JSON Schema, as far as our own schemas use it, as the short type notation that people read. */

export type JsonSchema = {
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, JsonSchema>>;
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly propertyNames?: JsonSchema;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly default?: unknown;
  readonly pattern?: string;
};

/** The variants of a union, or none. */
export function variantsOf(schema: JsonSchema): readonly JsonSchema[] {
  return schema.oneOf ?? schema.anyOf ?? [];
}

export function typeText(schema: JsonSchema): string {
  if (schema.$ref !== undefined) return referenceText(schema.$ref);
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(" | ");
  const variants = variantsOf(schema);
  if (variants.length > 0) return [...new Set(variants.map(typeText))].join(" | ");
  if (Array.isArray(schema.type)) return schema.type.join(" | ");
  switch (schema.type) {
    case "array":
      return arrayText(schema);
    case "object":
      return objectText(schema);
    case "integer":
      return "int";
    case undefined:
      return "any";
    default:
      return String(schema.type);
  }
}

function arrayText({ prefixItems, items }: JsonSchema): string {
  if (prefixItems !== undefined) return `[${prefixItems.map(typeText).join(", ")}]`;
  const item = typeText(items ?? {});
  return item.includes(" | ") ? `(${item})[]` : `${item}[]`;
}

function objectText(schema: JsonSchema): string {
  const fields = Object.entries(schema.properties ?? {});
  if (fields.length > 0)
    return `{ ${fields.map(([name, field]) => `${name}${isRequired(schema, name) ? "" : "?"}: ${typeText(field)}`).join("; ")} }`;
  const { additionalProperties: values, propertyNames: names } = schema;
  if (typeof values !== "object") return "{}";
  return `{ [${names === undefined ? "string" : typeText(names)}]: ${typeText(values)} }`;
}

export function isRequired(schema: JsonSchema, field: string): boolean {
  return schema.required?.includes(field) ?? false;
}

export function nameOfReference(reference: string): string {
  return reference.replace("#/$defs/", "");
}

function referenceText(reference: string): string {
  return nameOfReference(reference);
}
