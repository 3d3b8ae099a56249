import type { TestContext } from "vitest";

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
