export { assertNever } from "./assert-never.ts";
export type { Brand } from "./brand.ts";
export { createDeferred, type Deferred } from "./deferred.ts";
export { type Dispose, Emitter } from "./emitter.ts";
export { LatestOnly } from "./latest-only.ts";
