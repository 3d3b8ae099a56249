import { useEffect, useState } from "react";

/** The time, anew every `everyMs`: for words such as "4 s ago". Null: it stands still. */
export function useNow(everyMs: number | null): number {
  const [nowMs, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (everyMs === null) return;
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return nowMs;
}
