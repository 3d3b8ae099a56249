/**
 * The TypeScript tests, one project a kind. `npm test` runs them all and counts; while working on one package call
 * `npx vitest --project unit packages/plot`.
 */
import { defineConfig } from "vitest/config";

const SECOND = 1_000;

export default defineConfig({
  test: {
    // Real processes and sockets: more workers than cores make timing tests lie.
    maxWorkers: Number(process.env.PYPROBE_TEST_WORKERS ?? 2),
    restoreMocks: true,
    projects: [
      {
        test: {
          name: "unit",
          include: ["packages/*/src/**/*.test.{ts,tsx}", "tools/**/*.test.ts"],
          testTimeout: 20 * SECOND,
        },
      },
      {
        test: {
          name: "e2e",
          include: ["e2e/headless/**/*.test.ts"],
          testTimeout: 60 * SECOND,
          hookTimeout: 60 * SECOND,
        },
      },
      {
        test: {
          name: "package",
          include: ["e2e/package/**/*.test.ts"],
          testTimeout: 300 * SECOND,
          hookTimeout: 300 * SECOND,
        },
      },
      {
        test: {
          name: "browser",
          include: ["e2e/browser/**/*.test.ts"],
          testTimeout: 90 * SECOND,
          hookTimeout: 90 * SECOND,
          // Drawing is measured against the clock: one page at a time.
          fileParallelism: false,
        },
      },
    ],
  },
});
