/** An engine in a process of its own, for tests that kill it. Arguments: interpreter, program, its arguments. */
import { findPython } from "./pythons.ts";
import { queryOf, SessionBench, until } from "./session-bench.ts";

const [program = "", probe = "", ...args] = process.argv.slice(2);
const bench = await SessionBench.open();
const session = bench.launch(await findPython(), program, { args });
await until(session, "running");
await session.addProbe({ query: queryOf(probe, session.info.mainFile ?? program) }, { kind: "every" });
await session.events.next("captured");
const [target] = session.info.targets;
process.stdout.write(`${JSON.stringify({ pid: target?.pid, rings: await bench.ringFiles() })}\n`);
