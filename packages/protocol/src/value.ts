import * as z from "zod";

/** Ints beyond 2^53 and non-finite floats are strings: `"9007199254740993"`, `"nan"`, `"inf"`, `"-inf"`. */
export const jsonNumberSchema = z.union([z.number(), z.string()]);
export type JsonNumber = z.infer<typeof jsonNumberSchema>;
export const jsonComplexSchema = z.object({ re: jsonNumberSchema, im: jsonNumberSchema });
export const jsonScalarSchema = z.union([z.number(), z.string(), z.boolean(), jsonComplexSchema]);
export type JsonScalar = z.infer<typeof jsonScalarSchema>;

/** Little-endian element types that an array payload's bytes can have. Everything else is converted by the agent. */
export const dataTypeSchema = z.enum([
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float32",
  "float64",
  "complex64",
  "complex128",
]);
export type DataType = z.infer<typeof dataTypeSchema>;

export const dataTypeBytes: Readonly<Record<DataType, number>> = {
  bool: 1,
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  uint8: 1,
  uint16: 2,
  uint32: 4,
  uint64: 8,
  float32: 4,
  float64: 8,
  complex64: 8,
  complex128: 16,
};

/**
 * The JSON head of an array payload. The payload is: u32 bytes of this JSON, u32 zero, the JSON in UTF-8, zeros to a multiple of 8, then
 * the elements in C order as `data` says. `dtype` is what the program calls it (`float16`, `>i4`, `datetime64[ns]`), `data` what the bytes are.
 */
export const arrayHeadSchema = z.object({
  /** `numpy`, `torch`, `array`, `bytes`, `list`, `tuple`, … */
  library: z.string(),
  dtype: z.string(),
  data: dataTypeSchema,
  shape: z.array(z.int().min(0)),
  /** How many elements the payload holds, when that is not all of them: every `step`-th of the array in C order, from the first. */
  items: z.int().min(0).optional(),
  step: z.int().min(1).optional(),
  /** Masked elements; they stand in the payload as NaN where `data` is a float, else as 0. */
  masked: z.int().min(0).optional(),
});
export type ArrayHead = z.infer<typeof arrayHeadSchema>;

export const arrayStatsSchema = z.object({
  min: jsonNumberSchema.nullable(),
  max: jsonNumberSchema.nullable(),
  mean: z.union([jsonNumberSchema, jsonComplexSchema]).nullable(),
  nan: z.number(),
  infinite: z.number().optional(),
});
export type ArrayStats = z.infer<typeof arrayStatsSchema>;

/** One captured value as JSON: what `--json` prints and what the value lens shows. */
export type CaptureValue =
  | { kind: "scalar"; type: string; value: JsonScalar }
  | {
      kind: "array";
      library: string;
      dtype: string;
      shape: number[];
      /**
       * Over the finite elements of what was captured; of complex numbers the magnitude. `null` where there are none. What is not finite
       * is counted beside them: `nan` (of times: NaT), and `infinite` where there are infinities. Always there but in views
       * through a lens that does not show them: going through a large array twice for each picture would halve the rate.
       */
      stats?: ArrayStats | undefined;
      head: JsonScalar[];
      /** Present when only every `step`-th element was captured. */
      step?: number | undefined;
    }
  | { kind: "text"; value: string; length: number }
  | { kind: "none" }
  | { kind: "tree"; type: string; items: TreeItem[]; length?: number | undefined; truncated: boolean };
export type TreeItem = { key: string; value: CaptureValue };

export const captureValueSchema: z.ZodType<CaptureValue> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.object({ kind: z.literal("scalar"), type: z.string(), value: jsonScalarSchema }),
    z.object({
      kind: z.literal("array"),
      library: z.string(),
      dtype: z.string(),
      shape: z.array(z.number()),
      stats: arrayStatsSchema.optional(),
      head: z.array(jsonScalarSchema),
      step: z.number().optional(),
    }),
    z.object({ kind: z.literal("text"), value: z.string(), length: z.number() }),
    z.object({ kind: z.literal("none") }),
    z.object({
      kind: z.literal("tree"),
      type: z.string(),
      items: z.array(z.object({ key: z.string(), value: captureValueSchema })),
      length: z.number().optional(),
      truncated: z.boolean(),
    }),
  ]),
);

export const captureTagsSchema = z.object({
  call: z.number(),
  hit: z.number(),
  depth: z.number(),
  thread: z.number(),
  /** Number of the asyncio task, or null outside of tasks. */
  task: z.number().nullable(),
  pid: z.number(),
});
export type CaptureTags = z.infer<typeof captureTagsSchema>;

/** `t_ns`: nanoseconds since the session's run began. `seq` is unique and increasing within one pid. */
export const captureSchema = z.object({
  probe: z.string(),
  seq: z.number(),
  t_ns: z.number(),
  tags: captureTagsSchema,
  value: captureValueSchema,
});
export type Capture = z.infer<typeof captureSchema>;
