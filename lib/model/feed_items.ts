/** The one rule by which both sides make items of the feed's entries, so that a count is that of what is listed. */

/** Entries further apart than this are two things that happened. */
const TOGETHER_MS = 2 * 3_600_000;

/** Kinds of which several become one: "Aoife and 5 others reacted to your message". */
const groupable = new Set(["joined", "replied", "reacted", "messaged", "created"]);

/** What the rule needs to know of an entry. */
export interface ItemEntry {
  kind: string;
  by: string;
  room?: string | undefined;
  seq?: number | undefined;
  at: number;
}

/**
 * Whether the next older entry says the same as an item's entries, the newest first, do. All reactions to one message
 * are one item, however long ago.
 */
export function isSameItem(item: readonly [ItemEntry, ...ItemEntry[]], next: ItemEntry): boolean {
  const [first] = item;
  // New rooms are grouped by who made them, everything else by where it happened.
  const isSame = next.kind === "created" ? first.by === next.by : first.room === next.room;
  if (!groupable.has(next.kind) || first.kind !== next.kind || !isSame) return false;
  if (next.kind === "reacted") return first.seq === next.seq;
  return (item.at(-1) ?? first).at - next.at <= TOGETHER_MS;
}

/** How many items these entries make, the newest first. */
export function countItems(entries: readonly ItemEntry[]): number {
  const items: [ItemEntry, ...ItemEntry[]][] = [];
  for (const entry of entries) {
    const item = items.find((it) => isSameItem(it, entry));
    if (item) item.push(entry);
    else items.push([entry]);
  }
  return items.length;
}
