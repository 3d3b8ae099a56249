import type { Column, ViewPacket } from "@pyprobe/protocol";

/** A column that the lens's own `project` wrote. Throws when it is not there: the packet is then another lens's. */
export function getColumn(packet: ViewPacket, name: string): Column {
  const column = packet.columns[name];
  if (column === undefined) throw new Error(`Cannot draw ${packet.head.lens}: its packet has no column "${name}"`);
  return column;
}

export function metaNumber(packet: ViewPacket, name: string, otherwise: number): number {
  const value = packet.head.meta[name];
  return typeof value === "number" ? value : otherwise;
}

export function metaText(packet: ViewPacket, name: string): string | null {
  const value = packet.head.meta[name];
  return typeof value === "string" ? value : null;
}

export function metaFlag(packet: ViewPacket, name: string): boolean {
  return packet.head.meta[name] === true;
}

/** A range whose ends stand in meta as `<name>Min` and `<name>Max`; null when the data had none. */
export function metaRange(packet: ViewPacket, name: string): readonly [number, number] | null {
  const min = packet.head.meta[`${name}Min`];
  const max = packet.head.meta[`${name}Max`];
  return typeof min === "number" && typeof max === "number" ? [min, max] : null;
}
