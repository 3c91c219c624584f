/**
 * After a fault everybody who writes stops, and within 2 s every follower stands at its head, and every digest and count
 * is right, without another append: what was acknowledged must not wait for what comes next to be told.
 */
import assert from "node:assert/strict";
import { parseOffset } from "../../lib/server/log/offset.ts";
import { roomStream } from "../../lib/protocol/streams.ts";
import type { Person } from "../support/people.ts";
import type { Due } from "./due.ts";
import type { Follower } from "./follower.ts";
import type { Gate } from "./gate.ts";
import { headsOf } from "./heads.ts";
import { COUNTED_MAX } from "./oracle.ts";
import type { Way } from "./site.ts";

/** The promise, of a follower that is connected, and what one whose line was just cut needs to come back. */
export const SETTLED_MS = 2_000;
const STOPPED_MS = 60_000; // for what is under way to be acknowledged

export interface Settling {
  site: Way;
  owner: Person;
  people: readonly Person[];
  rooms: readonly string[];
  writers: readonly { gate: Gate }[];
  followers: readonly Follower[];
  due: Due;
  /** Where it may take longer than `SETTLED_MS`. */
  settledMs?: number | undefined;
  /** Where a person's mark in a room must stand: where it was put last. */
  markOf(user: string, room: string): number;
}

/** Stops the writers, looks, and lets them go on. Throws what is not as it should be. */
export async function settle(it: Settling, { digest }: { digest: boolean }): Promise<void> {
  const { writers, followers } = it;
  await Promise.all(writers.map(({ gate }) => gate.shut(STOPPED_MS)));
  const end = performance.now() + (it.settledMs ?? SETTLED_MS);
  for (const follower of followers) await caughtUp(it, follower, end);
  const heads = await headsOf(it.site, it.owner, it.rooms.map(roomStream));
  for (const [stream, head] of heads) {
    for (const { name, seqOf } of followers) {
      assert.equal(seqOf(stream), parseOffset(head)?.seq, `${name} stands at the head of ${stream}`);
    }
  }
  await counted(it);
  if (digest) { for (const follower of followers) await digested(it, follower, end); }
  for (const { gate } of writers) gate.open();
}

/** Waits until the follower has everything that was acknowledged. */
async function caughtUp({ people, rooms, due, markOf }: Settling, follower: Follower, end: number): Promise<void> {
  const left = () => Math.max(1, end - performance.now());
  const behind = () =>
    rooms.flatMap((room) => {
      const [seq, to] = [follower.seqOf(roomStream(room)), due.seqOf(room)];
      return seq < to ? [`${room} at ${seq} of ${to}`] : [];
    });
  const what = () => `${follower.name} to be told, without another append, ${behind().join(", ")}`;
  await follower.until(() => behind().length === 0, left(), what);
  const person = people.find(({ handle }) => handle === follower.name);
  if (!person) return;
  // Who began behind a mark, at the end of an event stream, was never told of it.
  const marks = () =>
    rooms.filter((room) => follower.marks.has(room) && follower.marks.get(room) !== markOf(person.id, room));
  const wrong = () => marks().map((room) => `${follower.marks.get(room)}, not ${markOf(person.id, room)}, in ${room}`);
  await follower.until(() => marks().length === 0, left(), () => `the marks of ${follower.name}: ${wrong()}`);
}

/** What each person's list says follows from what was acknowledged. */
async function counted({ people, rooms, due, markOf }: Settling): Promise<void> {
  for (const { id, handle, api } of people) {
    const { rooms: lines } = await api.call("rooms.list", { limit: 100 });
    for (const room of rooms) {
      const line = lines.find((one) => one.room.id === room);
      const [n, mark] = [due.nOf(room), markOf(id, room)];
      assert.deepEqual([line?.n, line?.unread], [n, n - mark], `n and unread of ${handle} in ${room}`);
      const mentions = due.mentionsPast(id, room, mark);
      if (mentions < COUNTED_MAX) assert.equal(line?.mentions, mentions, `mentions of ${handle} in ${room}`);
    }
  }
}

/** Whose connection tells a digest has the right one; a poll is told latest state more slowly, and not asked. */
function digested({ rooms, due }: Settling, follower: Follower, end: number): Promise<void> {
  const right = () => !follower.digest || rooms.every((room) => follower.digest?.get(room) === due.nOf(room));
  const what = () => `the digest of ${follower.name}: ${JSON.stringify([...follower.digest ?? []])}`;
  return follower.until(right, Math.max(1, end - performance.now()), what);
}
