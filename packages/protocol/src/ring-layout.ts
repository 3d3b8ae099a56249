/**
 * The two rings in shared memory, as files. Each begins with a page of 4096 bytes, little-endian:
 *
 *     offset  size  field
 *     0       8     magic     "PYPROBE1" (records) or "PYPROBEB" (bulk)
 *     8       u32   version   1
 *     12      u32   pid
 *     16      u64   capacity  records ring: slots, a power of two; bulk ring: bytes, a multiple of 8
 *     24      u64   epoch     records ring: the monotonic clock, nanoseconds, when the file was made
 *     32      u64   wall      records ring: Unix time in nanoseconds at that instant
 *     64      u64   tail      written by the engine alone: records ring: the next seq it will read;
 *                             bulk ring: the position up to which the bytes are free again
 *     128     u64   limit     written by the agent alone: records ring: the seq after the last one given out, refreshed
 *                             when the program ends (0 before)
 *
 * Records ring: the record with seq s stands in slot `s & (capacity - 1)`, 64 bytes each, from offset 4096. It is there when its
 * `seq` is s and its `commit` agrees. The writer gives out a seq only while `seq < tail + capacity - margin`, so that nothing
 * unread is ever written over; what it cannot place is a counted skip (`ring_full`) or, in mode every, a wait.
 *
 * Bulk ring: positions only grow; position p stands at offset `4096 + p % capacity`. A payload starts at a multiple of 8 and never
 * wraps: the writer passes over the rest of the ring instead. The engine frees in the order of seq.
 */
export const RING_HEADER_BYTES = 4096;
export const RING_VERSION = 1;
export const RECORDS_MAGIC = "PYPROBE1";
export const BULK_MAGIC = "PYPROBEB";
export const ringOffsets = {
  magic: 0,
  version: 8,
  pid: 12,
  capacity: 16,
  epoch: 24,
  wall: 32,
  tail: 64,
  limit: 128,
} as const;
/** Slots kept free for threads that pass the check at the same time. */
export const RING_MARGIN_SLOTS = 64;
