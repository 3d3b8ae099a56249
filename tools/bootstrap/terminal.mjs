/** What a person sees while things are prepared. All of it goes to stderr: stdout belongs to the task. */

const TICK_MS = 1_000;
/** Without a terminal a line is only worth printing now and then. */
const LOG_EVERY_TICKS = 15;

/** A failure that a person can act on: the message is one sentence with the next step, and no stack is shown. */
export class PreparationError extends Error {
  name = "PreparationError";
}

export function say(line) {
  process.stderr.write(`${line}\n`);
}

/** Runs `work` and shows that it runs: on a terminal a line that counts the seconds, in a log a line each 15 s. */
export async function withProgress(label, work) {
  const startedMs = Date.now();
  const isTerminal = process.stderr.isTTY === true;
  const elapsed = () => `${((Date.now() - startedMs) / 1000).toFixed(0)} s`;
  process.stderr.write(isTerminal ? `${label} …` : `${label} …\n`);
  let ticks = 0;
  const timer = setInterval(() => {
    ticks += 1;
    if (isTerminal) process.stderr.write(`\r${label} … ${elapsed()}`);
    else if (ticks % LOG_EVERY_TICKS === 0) process.stderr.write(`${label} … ${elapsed()}\n`);
  }, TICK_MS);
  try {
    const result = await work();
    process.stderr.write(`${isTerminal ? "\r" : ""}${label}: done in ${elapsed()}\n`);
    return result;
  } catch (error) {
    if (isTerminal) process.stderr.write("\n");
    throw error;
  } finally {
    clearInterval(timer);
  }
}
