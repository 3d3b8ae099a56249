import type { ViewPacket } from "@pyprobe/protocol";

const lows = ["xMin", "yMin"] as const;
const highs = ["xMax", "yMax"] as const;

/** The packet with the extremes of all: what the axes must hold when others are drawn on them. Pure. */
export function unitedPacket(packet: ViewPacket, others: readonly ViewPacket[]): ViewPacket {
  if (others.length === 0) return packet;
  const meta = { ...packet.head.meta };
  const numbers = (name: string) =>
    [packet, ...others].map(({ head }) => head.meta[name]).filter((value) => typeof value === "number");
  for (const name of lows) if (numbers(name).length > 0) meta[name] = Math.min(...numbers(name));
  for (const name of highs) if (numbers(name).length > 0) meta[name] = Math.max(...numbers(name));
  return { ...packet, head: { ...packet.head, meta } };
}
