/** The part of a message's commit that notifies people. */
import type { EntriesService, EntryWrites, StoredEntry } from "../entries/service.ts";
import type { Log } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import { userStream } from "../../protocol/streams.ts";
import type { MessagesStore } from "./store.ts";

/** A person's newest entries about a conversation that are searched for one about what they have not read. */
const RECENT = 100;

export interface Notification {
  /** The streams that `write` needs, and what it relies on. */
  streams: string[];
  checks: Deno.AtomicCheck[];
  write(slotOf: (stream: string) => AppendSlot, message: { seq: number; n?: number | undefined }): EntryWrites;
  /** People are left for `notifyPending`. */
  more: boolean;
}

export interface NotifierDeps {
  log: Log;
  entries: EntriesService;
  now: () => number;
  store: MessagesStore;
  /** Everybody in a direct conversation. */
  listParticipants(room: string): Promise<string[]>;
  /** The people among these who can see a room. */
  filterViewers(room: string, users: string[]): Promise<string[]>;
}

/** Whether a direct message after number `n` has an entry of this person that tells of it; `except` does not count. */
export async function hasEntryAfter(
  entries: EntriesService,
  { user, room, n }: { user: string; room: string; n: number },
  except: (entry: StoredEntry) => boolean = () => false,
): Promise<boolean> {
  const recent = await entries.listBefore(userStream(user), Number.MAX_SAFE_INTEGER, RECENT, room);
  return recent.some(({ entry }) =>
    (entry.kind === "messaged" || entry.kind === "mentioned") && (entry.n ?? 0) > n && !except(entry)
  );
}
