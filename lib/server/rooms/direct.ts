/** Direct conversations: one for each set of people, made on first use. */
import { createHash } from "node:crypto";
import type { EntriesService } from "../entries/service.ts";
import type { Database } from "../kv/database.ts";
import { lookUp, type Use } from "../log/idempotency.ts";
import type { Log } from "../log/log.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Room } from "../../protocol/rooms.ts";
import { roomStream, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { entered } from "./events.ts";
import { entering } from "./memberships.ts";
import type { CountMade } from "./made.ts";
import type { RoomsStore } from "./store.ts";

const OWN_STREAMS = 2; // the streams of the room and its maker, beside those of the people who enter in one commit

export interface Directs {
  /** The conversation of `user` and exactly `others`; `user` may be among them. */
  direct(user: User, others: string[], key?: string): Promise<Room>;
}

interface Deps {
  db: Database;
  log: Log;
  entries: EntriesService;
  now: () => number;
  store: RoomsStore;
  newId(): string;
  countMade: CountMade;
  getPeople(ids: string[]): Promise<User[]>;
}

export function createDirects({ db, log, entries, now, store, newId, countMade, getPeople }: Deps): Directs {
  const verb = "start direct message";
  const together = log.appendStreams - OWN_STREAMS;

  return {
    async direct(user, others, key) {
      const members = [...new Set([user.id, ...others])].sort();
      const found = await getPeople(members);
      if (found.length < members.length) throw new Refusal("not_found", `Cannot ${verb}: there is no such person`);
      const use = key && { user: user.id, key, command: "rooms.direct", fields: { users: others }, verb };
      const once = use ? await lookUp(db, use, now()) : undefined;
      const hash = hashOf(members);
      const id = await store.direct(hash) ?? await open(user, hash);
      await log.settled(roomStream(id)); // storage may show it before it answers the commit that made it
      const [room] = await store.rooms([id]); // another call that made the room may not have let us in yet
      if (!room) throw new RangeError(`Direct conversation ${id} has no room`);
      // Large groups enter in steps; after a crash the next request finishes them.
      const inside = await store.areMembers(id, members);
      const missing = members.filter((_, at) => !inside[at]);
      for (let at = 0; at < missing.length; at += together) await enter(user, room, missing.slice(at, at + together));
      if (use && once?.made === undefined) await remember(user, use, id);
      return room;
    },
  };

  /** Makes the room with its maker inside; gives the id of the one that was made first. */
  function open(user: User, hash: string): Promise<string> {
    const id = newId();
    return log.append<string>([roomStream(id), userStream(user.id)], async () => {
      const there = await store.direct(hash);
      if (there !== undefined) return { result: there };
      const made = await countMade(user, verb);
      return {
        checks: [store.directAbsent(hash), ...made.checks],
        write(slotOf) {
          const { at } = slotOf(roomStream(id));
          const room: Room = { id, name: "", topic: "", visibility: "direct", createdAt: at, createdBy: user.id };
          return {
            events: entered(room, user.id, user.id),
            sets: [
              ...store.createSets(room),
              ...store.joinSets(user.id, id, { level: "everything", at }),
              store.setDirect(hash, id),
              ...made.sets,
            ],
            result: id,
          };
        },
      };
    });
  }

  /** A conversation is made only once anyway; its key is kept to notice when it is used for something else. */
  function remember(user: User, use: Use, id: string): Promise<void> {
    return log.append<void>([userStream(user.id)], async () => {
      const once = await lookUp(db, use, now());
      if (once.made !== undefined) return { result: undefined };
      return { checks: [once.check], write: () => ({ events: [], sets: [once.set(id)], result: undefined }) };
    });
  }

  function enter(by: User, room: Room, who: string[]): Promise<void> {
    return log.append<void>([roomStream(room.id), ...who.map(userStream)], async () => {
      const views = await Promise.all(who.map((one) => store.view(one, room.id)));
      const due = who.filter((_, at) => !views[at]?.membership);
      if (due.length === 0) return { result: undefined };
      return {
        asOf: { [roomStream(room.id)]: Math.min(...views.map((view) => view?.head.seq ?? 0)) },
        write(slotOf) {
          const parts = due.map((one) => entering({ store, entries }, room, { who: one, by }, slotOf));
          return {
            events: parts.flatMap((part) => part.events),
            sets: parts.flatMap((part) => part.sets ?? []),
            result: undefined,
          };
        },
      };
    });
  }
}

function hashOf(members: string[]): string {
  return createHash("sha256").update(members.join(" ")).digest("base64url");
}
