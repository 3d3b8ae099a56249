/** The version of everything in this package: the agent link, the capture record, the calls. Major must match. */
export const PROTOCOL_VERSION = 1;

/** The version of this PyProbe, engine and agent alike. */
export const PYPROBE_VERSION = "0.1.0";

/** The oldest agent this engine works with; compared as major.minor. */
export const OLDEST_AGENT_VERSION = "0.1";
