/** What a part of the benchmark gets and gives. */
import type { Python } from "../../tools/test/pythons.ts";
import type { Row } from "./row.ts";

export type BenchPython = Python & {
  /** The interpreter to start: with numpy, where there is one for it. */
  readonly executable: string;
  readonly hasNumpy: boolean;
};

export type BenchContext = {
  readonly pythons: readonly BenchPython[];
  readonly rounds: number;
  /** Where private environments of peers are kept. */
  readonly toolsFolder: string;
  readonly say: (line: string) => void;
  /** The person has had enough: what runs is to be ended. */
  readonly signal: AbortSignal;
};

export type Section = {
  /** For `npm run bench -- <id>`. */
  readonly id: string;
  readonly title: string;
  /** Rows are given one at a time, as they are known. */
  readonly measure: (context: BenchContext) => AsyncIterable<Row>;
};

/** Has it `sys.monitoring`? */
export function hasMonitoring(python: Python): boolean {
  return Number(python.tag.split(".")[1]?.replace("t", "")) >= 12;
}

/** The Pythons to use where one of each kind is enough: the newest of both mechanisms. */
export function oneOfEachKind(pythons: readonly BenchPython[]): BenchPython[] {
  const newest = (of: readonly BenchPython[]) => of.filter(({ hasNumpy }) => hasNumpy).at(-1) ?? of.at(-1);
  const chosen = [newest(pythons.filter((p) => !hasMonitoring(p))), newest(pythons.filter(hasMonitoring))];
  return chosen.filter((python) => python !== undefined);
}
