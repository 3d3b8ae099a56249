import type { Dispose } from "@pyprobe/base";

/** One Ctrl-C can arrive many times: from the terminal, and again from each program above us that passes it on. */
const SAME_PRESS_MS = 300;

const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;

/** Calls `listener` for each Ctrl-C (or SIGTERM, SIGHUP) with its number: 1 for the first. Until disposed nothing ends this process. */
export function onInterrupt(listener: (press: number) => void): Dispose {
  let press = 0;
  let lastMs = Number.NEGATIVE_INFINITY;
  const onSignal = () => {
    const nowMs = performance.now();
    const isSamePress = nowMs - lastMs < SAME_PRESS_MS;
    lastMs = nowMs;
    if (isSamePress) return;
    press += 1;
    listener(press);
  };
  for (const signal of signals) process.on(signal, onSignal);
  return () => {
    for (const signal of signals) process.removeListener(signal, onSignal);
  };
}
