/** Makes, changes and lists rooms, and lets people in. Each change is an event on the room's stream. */
import type { EntriesService } from "../entries/service.ts";
import type { Database } from "../kv/database.ts";
import { createIds } from "../kv/ids.ts";
import { lookUp } from "../log/idempotency.ts";
import type { Log } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import type { Level, Room, RoomSummary } from "../../protocol/rooms.ts";
import { FEED, roomStream, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { createRoomAccess, type RoomAccess } from "./access.ts";
import { createDirects, type Directs } from "./direct.ts";
import { entered, updated } from "./events.ts";
import { createSummaries } from "./summaries.ts";
import { createCountMade } from "./made.ts";
import { createRoomLookups, type RoomLookups } from "./lookups.ts";
import { createMemberships, type Memberships } from "./memberships.ts";
import { createKnownRooms } from "./known_rooms.ts";
import { createMyRooms } from "./my_rooms.ts";
import { createRoomNames } from "./names.ts";
import { assertManages, assertMember, assertNotArchived, assertNotDirect } from "./policy.ts";
import { createRoomsStore, DEFAULT_LEVEL } from "./store.ts";

export interface RoomsService extends Memberships, Directs, RoomLookups {
  readonly access: RoomAccess;
  create(user: User, fields: Parsed<"rooms.create">): Promise<Room>;
  update(user: User, fields: Parsed<"rooms.update">): Promise<Room>;
  /** Archives or unarchives. */
  setArchived(user: User, room: string, archived: boolean): Promise<Room>;
  setLevel(user: User, room: string, level: Level): Promise<Room>;
  list(user: User, page: Parsed<"rooms.list">): Promise<Output<"rooms.list">>;
  /** Summaries of all of a person's rooms, in id order. */
  listMine(user: User): Promise<RoomSummary[]>;
  getSummary(user: User, room: string): Promise<RoomSummary>;
  /** How many messages a room has, and how many of them a person has not read: none where they are not in it. */
  unread(user: string, room: string): Promise<{ n: number; unread: number }>;
  /** Puts a new person into the room that everybody starts in, making it if it isn't there yet. */
  enterLobby(user: User, lobby: string): Promise<void>;
}

export interface RoomsDeps {
  db: Database;
  log: Log;
  entries: EntriesService;
  now: () => number;
  random: (bytes: number) => Uint8Array;
  /** Whether other processes write to the same database. */
  shared: boolean;
  /** False lets people make as many rooms as they like, for load tests. */
  limits: boolean;
  /** The people among these who exist. */
  getPeople(ids: string[]): Promise<User[]>;
}

export function createRooms(deps: RoomsDeps): RoomsService {
  const { db, log, entries, now } = deps;
  const store = createRoomsStore(db, log);
  const access = createRoomAccess({ store, log, shared: deps.shared });
  const newId = createIds(now, deps.random);
  const memberships = createMemberships({ ...deps, store, access });
  const countMade = createCountMade({ ...deps, store });
  const names = createRoomNames(store);
  const directs = createDirects({ ...deps, store, newId, countMade });
  const reading = { log, store, access, myRooms: createMyRooms({ log, store }), known: createKnownRooms(store.rooms) };
  const summaries = createSummaries(reading);

  /** Changes a room's document, with its event; gives the room unchanged when `change` changes nothing. */
  function amend(
    user: User,
    id: string,
    verb: string,
    change: (room: Room) => Room | undefined,
    whileArchived = false,
  ): Promise<Room> {
    return log.append<Room>([roomStream(id)], async () => {
      const view = await access.authorize(user.id, id, verb);
      assertNotDirect(view, verb);
      assertManages(user, view, verb);
      if (!whileArchived) assertNotArchived(view, verb);
      const changed = change(view.room);
      if (!changed) return { result: view.room };
      const { checks, sets, deletes } = await names.change(view.room, changed.name, verb);
      return {
        checks: [store.roomCheck(view), ...checks],
        asOf: { [roomStream(id)]: view.head.seq },
        write(slotOf) {
          const room = { ...changed, rev: slotOf(roomStream(id)).seq };
          return { events: [updated(room, user.id)], sets: [store.setRoom(room), ...sets], deletes, result: room };
        },
      };
    });
  }

  /** The writes that make a room with its first member; a public one gets an entry for all. */
  function making(
    user: User,
    id: string,
    fields: Omit<Parsed<"rooms.create">, "key">,
    slotOf: (stream: string) => AppendSlot,
  ) {
    const { name, topic = "", visibility } = fields;
    const { at } = slotOf(roomStream(id));
    const room: Room = { id, name, topic, visibility, createdAt: at, createdBy: user.id };
    const writes = visibility === "public"
      ? entries.post(slotOf, { kind: "created", by: user, room })
      : { events: [], sets: [] };
    return {
      events: [...writes.events, ...entered(room, user.id, user.id)],
      sets: [
        ...writes.sets,
        ...store.createSets(room),
        store.setName(name, id),
        ...store.joinSets(user.id, id, { level: DEFAULT_LEVEL, at }),
      ],
      room,
    };
  }

  /** The streams of a commit that makes a room. */
  const makingStreams = (user: User, id: string, visibility: Room["visibility"]) => [
    roomStream(id),
    userStream(user.id),
    ...(visibility === "public" ? [FEED] : []),
  ];

  return {
    access,
    ...memberships,
    ...directs,
    ...createRoomLookups(reading),
    list: summaries.list,
    listMine: summaries.listMine,
    getSummary: summaries.get,
    unread: summaries.unread,

    create(user, { key, ...fields }) {
      const verb = "create room";
      const id = newId();
      return log.append<Room>(makingStreams(user, id, fields.visibility), async () => {
        const take = await names.read(fields.name); // before the key: a room that has the name already used it
        const once = key
          ? await lookUp(db, { user: user.id, key, command: "rooms.create", fields, verb }, now())
          : undefined;
        if (once?.made !== undefined) {
          return { result: (await access.authorize(user.id, String(once.made), verb)).room };
        }
        const named = take(id, verb);
        const made = await countMade(user, verb);
        return {
          checks: [...made.checks, ...named.checks, ...(once ? [once.check] : [])],
          write(slotOf) {
            const { room, events, sets } = making(user, id, fields, slotOf);
            return { events, sets: [...sets, ...made.sets, ...(once ? [once.set(id)] : [])], result: room };
          },
        };
      });
    },

    update: (user, { room, name, topic }) =>
      amend(user, room, "update room", (was) => {
        const same = (name ?? was.name) === was.name && (topic ?? was.topic) === was.topic;
        return same ? undefined : { ...was, name: name ?? was.name, topic: topic ?? was.topic };
      }),

    setArchived: (user, room, archived) =>
      amend(user, room, archived ? "archive room" : "unarchive room", ({ archivedAt, ...was }) => {
        if ((archivedAt !== undefined) === archived) return undefined;
        return archived ? { ...was, archivedAt: now() } : was;
      }, true),

    setLevel(user, room, level) {
      const verb = "set level";
      return log.append<Room>([userStream(user.id)], async () => {
        const view = await access.authorize(user.id, room, verb);
        assertMember(view, verb);
        if (!view.membership || view.membership.level === level) return { result: view.room };
        const membership = { ...view.membership, level };
        return {
          checks: [store.membershipCheck(user.id, view)],
          write: () => ({
            events: [{
              stream: userStream(user.id),
              type: "rooms.levelSet",
              by: user.id,
              data: { room, level },
            }],
            sets: [store.setMembership(user.id, room, membership)],
            result: view.room,
          }),
        };
      });
    },

    async enterLobby(user, lobby) {
      const made = await log.append<boolean>(makingStreams(user, lobby, "public"), async () => {
        if (await access.find(user.id, lobby)) return { result: false };
        return {
          checks: [store.absent(lobby)],
          write(slotOf) {
            const fields = { name: "general", visibility: "public" } as const;
            const { events, sets } = making(user, lobby, fields, slotOf);
            return { events, sets, result: true };
          },
        };
      });
      if (made) return;
      const { room } = await access.authorize(user.id, lobby, "join room");
      if (room.archivedAt === undefined) await memberships.join(user, lobby);
    },
  };
}

export type { RoomAccess } from "./access.ts";
export { type Mark, markAt, marked, readMarks } from "./marks.ts";
export { assertMember, assertNotArchived, assertWrites, forbid, mayManage, mayWrite } from "./policy.ts";
export type { View as RoomView } from "./store.ts";
