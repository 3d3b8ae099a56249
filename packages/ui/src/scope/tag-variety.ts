/** Which tags of a probe's captures differ from capture to capture: only those earn a chip in the header. Pure. */
import type { CaptureRef } from "@pyprobe/protocol";

type Tag = "call" | "depth" | "thread" | "task" | "pid";
const tags: readonly Tag[] = ["call", "depth", "thread", "task", "pid"];

export type TagVariety = {
  readonly first: CaptureRef["tags"] | null;
  readonly varying: ReadonlySet<Tag>;
};

export const noVariety: TagVariety = { first: null, varying: new Set() };

export function withTags(variety: TagVariety, next: CaptureRef["tags"]): TagVariety {
  const { first } = variety;
  if (first === null) return { first: next, varying: variety.varying };
  const added = tags.filter((tag) => !variety.varying.has(tag) && first[tag] !== next[tag]);
  return added.length === 0 ? variety : { first, varying: new Set([...variety.varying, ...added]) };
}

/** `call 12`, `depth 3`, `thread 40213`: the chips of one capture. */
export function tagChips(variety: TagVariety, capture: CaptureRef["tags"]): readonly string[] {
  return tags.flatMap((tag) => {
    const value = capture[tag];
    return variety.varying.has(tag) && value !== null
      ? [`${tag} ${value.toLocaleString("en", { useGrouping: tag === "call" })}`]
      : [];
  });
}
