/** The part of a message's commit that notifies people. */
import type { EntriesService, EntryWrites } from "../entries/service.ts";
import type { Log } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import type { MessagesStore } from "./store.ts";

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
