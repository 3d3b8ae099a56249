export type { EngineLink, InProcessListener } from "./hub/in-process.ts";
export { PortTakenError } from "./hub/web-server.ts";
export { type Engine, type EngineOptions, startEngine } from "./main.ts";
