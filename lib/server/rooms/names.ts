/** Keeps the names of rooms unique in the workspace, with case and width folded. */
import { Refusal } from "../../protocol/errors.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { KvSet } from "../kv/key.ts";
import type { RoomsStore } from "./store.ts";

/** What a commit that names a room relies on and writes. */
export interface Naming {
  checks: Deno.AtomicCheck[];
  sets: KvSet[];
  deletes: Deno.KvKey[];
}

export interface RoomNames {
  /** Reads who has a name. What it gives lets a room take it, and throws `Refusal("conflict")` where another has it. */
  read(name: string): Promise<(room: string, verb: string) => Naming>;
  /** A room goes from one name to another. Throws as the taking does. */
  change(was: Room, name: string, verb: string): Promise<Naming>;
}

export function createRoomNames(store: Pick<RoomsStore, "name" | "setName" | "nameKey">): RoomNames {
  const read: RoomNames["read"] = async (name) => {
    const { room: holder, check } = await store.name(name);
    return (room, verb) => {
      if (holder !== undefined && holder !== room) {
        throw new Refusal("conflict", `Cannot ${verb}: name is taken`, {
          issues: [{ path: "name", message: "is taken" }],
        });
      }
      return { checks: [check], sets: [store.setName(name, room)], deletes: [] };
    };
  };

  return {
    read,
    async change(was, name, verb) {
      if (was.name === name) return { checks: [], sets: [], deletes: [] };
      const [take, old] = await Promise.all([read(name), store.name(was.name)]);
      const next = take(was.id, verb);
      const isOther = String(store.nameKey(was.name)) !== String(store.nameKey(name));
      // Rooms of before may share a name: only the one that has it gives it back.
      if (!isOther || old.room !== was.id) return next;
      return { ...next, checks: [...next.checks, old.check], deletes: [store.nameKey(was.name)] };
    },
  };
}
