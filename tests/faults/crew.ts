/**
 * A workspace in use: senders, people who edit, delete and react, readers who mark, and followers of it all. What came of
 * it is held against the oracle.
 */
import type { Message } from "../../lib/protocol/messages.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { Joined, Person } from "../support/people.ts";
import { type Changer, createChanger } from "./changer.ts";
import { createDue, type Due } from "./due.ts";
import { createFollower, type Follower } from "./follower.ts";
import { headsOf } from "./heads.ts";
import type { Transport } from "./lines.ts";
import { createMarker, type Marker } from "./marker.ts";
import {
  assertChanges,
  assertInOrder,
  assertLines,
  assertMarks,
  assertNeverBack,
  assertRuns,
  assertSentOnce,
  assertStoredDense,
} from "./oracle.ts";
import { createRandom, type Random } from "./random.ts";
import { createSender, type Sender } from "./sender.ts";
import { settle, type Settling } from "./settle.ts";
import type { Way } from "./site.ts";
import { readStored } from "./stored.ts";
import { createMessageCheck, type MessageCheck } from "./message_check.ts";
import { createWatched } from "./within.ts";

const PROGRESS_MS = 60_000; // for so many acknowledgements, and for followers to reach the end
const TRANSPORTS: Transport[] = ["ws", "sse", "poll"];
const DIGEST_EACH = 8; // the digest has its second: of so many times that all is told it is waited for once
const KNOWN_EACH = 7; // one message in so many may get reactions

export interface CrewOptions {
  senders: number;
  /** Sends that each of them has under way. */
  inFlight?: number;
  /** People who edit, delete and react. */
  changers?: number;
  markers: number;
  followers: number;
  /** Within this all that was acknowledged is told; `SETTLED_MS` by default. */
  settledMs?: number;
  /** What the follower at this place goes over, in turn; all of them by default. */
  transportsOf?(at: number): Transport[] | undefined;
  /** The way of the client at this place, and its person there; straight by default. */
  through?(person: Person, at: number): [Way, Person];
}

export interface Crew {
  /** Everybody but the owner. */
  people: Person[];
  rooms: string[];
  senders: Sender[];
  changers: (Changer & { user: string })[];
  markers: (Marker & { user: string })[];
  followers: Follower[];
  /** How many sends were acknowledged. */
  sends(): number;
  /** Waits until so many sends are acknowledged in all. */
  reached(sends: number): Promise<void>;
  /**
   * Lets nobody write until all that was acknowledged is told and counted; throws where it isn't within 2 s. The digest is
   * looked at now and then, unless `digest` says.
   */
  settle(digest?: boolean): Promise<void>;
  readonly settled: number;
  readonly messageCheck: MessageCheck;
}

export interface Counts {
  sends: number;
  changes: number;
  marks: number;
  connections: number;
  events: number;
  /** Messages that were told, each rev once: so many bodies were parsed anew. */
  messages: number;
  /** How often everybody who writes was stopped, and everybody who follows found at the head. */
  settled: number;
}

/** Brings people into a public and a private room of theirs, and lets them begin. */
export async function createCrew(site: Way & Joined, options: CrewOptions, random: Random): Promise<Crew> {
  const { inFlight, changers: changing = 0, through = (person) => [site, person] } = options;
  const people: Person[] = [];
  const count = options.senders + changing + options.markers;
  for (let n = 0; n < count; n++) people.push(await site.join(`person${n}`));
  const rooms: string[] = [];
  for (const visibility of ["public", "private"] as const) {
    const { room } = await site.owner.api.call("rooms.create", { name: visibility, visibility });
    for (const { id } of people) await site.owner.api.call("rooms.addMember", { room: room.id, user: id });
    rooms.push(room.id);
  }
  const watched = createWatched();
  const messageCheck = createMessageCheck(new Map([site.owner, ...people].map(({ handle, id }) => [handle, id])));
  const due: Due = createDue();
  const answered = (message: Message) => {
    messageCheck.take(message, "an answer");
    due.answered(message);
  };
  const namedBy = ({ handle }: Person) => people.map((one) => one.handle).filter((it) => it !== handle);
  const heads = new Map<string, number>();
  let sends = 0;
  const changers: Crew["changers"] = [];
  const onSent = ({ room, seq }: { room: string; seq: number }) => {
    sends++;
    heads.set(room, Math.max(heads.get(room) ?? 0, seq));
    if (seq % KNOWN_EACH === 0) { for (const changer of changers) changer.know({ room, seq }); }
    watched.changed();
  };
  const senders = people.slice(0, options.senders).map((person, at) =>
    createSender(...through(person, at), rooms, random.fork(), onSent, { inFlight, handles: namedBy(person), answered })
  );
  for (const [at, person] of people.slice(options.senders, options.senders + changing).entries()) {
    const more = { handles: namedBy(person), answered };
    const changer = createChanger(...through(person, at + 1), rooms, random.fork(), onSent, more);
    changers.push(Object.assign(changer, { user: person.id }));
  }
  const markers = people.slice(options.senders + changing).map((person, at) => {
    const headOf = (room: string) => heads.get(room) ?? 0;
    const marker = createMarker(...through(person, at + 1), rooms, random.fork(), headOf, at % 2 === 0);
    return Object.assign(marker, { user: person.id });
  });
  const followers = Array.from({ length: options.followers }, (_, at) => {
    const person = people[at % people.length] ?? site.owner;
    const streams = [...rooms.map((id) => `room:${id}`), `user:${person.id}`, "feed"];
    const transports = options.transportsOf?.(at) ?? TRANSPORTS;
    return createFollower(...through(person, at + 1), streams, random.fork(), transports, { messageCheck });
  });
  const settling: Settling = {
    site,
    settledMs: options.settledMs,
    owner: site.owner,
    people,
    rooms,
    writers: [...senders, ...changers, ...markers],
    followers,
    due,
    markOf(user, room) {
      const marker = markers.find((it) => it.user === user);
      return marker ? marker.marks.get(room) ?? 0 : due.ownOf(user, room);
    },
  };
  let settled = 0;
  return {
    messageCheck,
    get settled() {
      return settled;
    },
    settle: (digest = settled % DIGEST_EACH === 0) => {
      settled++;
      return settle(settling, { digest });
    },
    people,
    rooms,
    senders,
    changers,
    markers,
    followers,
    sends: () => sends,
    reached: (due) => watched.until(() => sends >= due, PROGRESS_MS, () => `send ${due}, at ${sends}`),
  };
}

/** Lets everybody come to the end, stops the server by `stop`, and asks the oracle. */
export async function judge(
  site: Way & Joined & { readonly dataDir: string },
  crew: Crew,
  stop: () => Promise<void>,
): Promise<Counts> {
  const { people, rooms, senders, changers, markers, followers, sends, messageCheck } = crew;
  await crew.settle(true);
  await Promise.all([...senders, ...changers, ...markers].map((client) => client.finish()));
  for (const follower of followers) {
    const person = people.find(({ handle }) => handle === follower.name) ?? site.owner;
    await follower.reached(await headsOf(site, person, [...follower.positions.keys()]), PROGRESS_MS);
    await follower.stop();
  }
  const { api } = site.owner;
  const get = async (room: string, seq: number) => (await api.call("messages.get", { room, seq })).message;
  const lines = new Map<string, RoomSummary[]>();
  for (const { id, api } of people) lines.set(id, (await api.call("rooms.list", { limit: 100 })).rooms);
  const late = await readAnew(site, rooms, messageCheck);
  await assertChanges(get, changers, [...followers, ...late]);
  await stop();

  const stored = await readStored(site.dataDir, rooms, people.map(({ id }) => id));
  assertStoredDense(stored);
  const sent = [...senders.map((it) => it.acknowledged), ...changers.map((it) => it.sent)];
  assertSentOnce(sent.flatMap((it) => [...it.values()]), stored);
  for (const follower of [...followers, ...late]) assertRuns(follower, stored);
  for (const [user, rooms] of lines) assertLines(user, rooms, stored);
  for (const { user, marks } of markers) assertMarks(user, marks, stored);
  const back = new Set(markers.filter((it) => it.back).map(({ user }) => user));
  for (const { id } of people) if (!back.has(id)) assertNeverBack(id, stored);
  for (const { acknowledged, refused } of senders) assertInOrder(acknowledged.values(), refused);
  for (const { sent } of changers) assertInOrder(sent.values(), new Set());
  const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
  return {
    sends: sends(),
    changes: sum(changers.map((it) => it.acknowledged - it.sent.size)),
    marks: sum(markers.map((it) => it.acknowledged)),
    connections: sum(followers.map((it) => it.connects)),
    events: sum(followers.map((it) => it.entries.length)),
    messages: messageCheck.count,
    settled: crew.settled,
  };
}

/** Who comes only now, when nothing is written any more, is told everything that is kept, as it is now. */
async function readAnew(site: Way & Joined, rooms: string[], messageCheck: MessageCheck): Promise<Follower[]> {
  const streams = rooms.map((id) => `room:${id}`);
  const heads = await headsOf(site, site.owner, streams);
  return await Promise.all((["ws", "poll"] as const).map(async (transport) => {
    const late = createFollower(site, site.owner, streams, createRandom(1), [transport], { messageCheck, still: true });
    await late.reached(heads, PROGRESS_MS);
    await late.stop();
    return late;
  }));
}
