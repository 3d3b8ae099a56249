/** A suite is a set of tests that runs as one process; what it found is numbers, and a reason for each that did not run. */
export type SuiteResult = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly Skip[];
  /** What the process wrote; shown when something failed. */
  readonly output: string;
};

export type Skip = { readonly test: string; readonly reason: string };

export type Suite = {
  readonly name: string;
  /** `alone`: nothing else runs meanwhile, because it measures time. */
  readonly alone: boolean;
  readonly run: (onOutput: ((text: string) => void) | undefined) => Promise<SuiteResult>;
};

/** A suite whose process failed without a failed test has failed all the same. */
export function withExitCode(result: SuiteResult, code: number): SuiteResult {
  return code !== 0 && result.failed === 0 ? { ...result, failed: 1 } : result;
}
