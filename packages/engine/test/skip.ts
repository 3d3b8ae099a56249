import { beforeEach, type TestContext } from "vitest";

declare module "vitest" {
  interface TaskMeta {
    /** Why a test did not run; the runner lists it. */
    note?: string;
  }
}

/** What this machine cannot do is skipped with its reason, never in silence. */
export function skipWhen(context: TestContext, isSo: boolean, reason: string): void {
  if (!isSo) return;
  context.task.meta.note = reason;
  context.skip(reason);
}

/** For all tests of a file, or of the `describe` that it is called in. */
export function skipAllWhen(isSo: boolean, reason: string): void {
  beforeEach((context) => skipWhen(context, isSo, reason));
}

export const isWindows: boolean = process.platform === "win32";
