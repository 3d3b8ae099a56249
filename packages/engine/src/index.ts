export type { EngineLink, InProcessListener } from "./hub/in-process.ts";
export { CannotListenError } from "./hub/web-server.ts";
export { type Engine, type EngineOptions, startEngine } from "./main.ts";
