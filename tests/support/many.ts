/** More people and rooms than any list has at once, put straight into storage. */
import assert from "node:assert/strict";
import type { Database } from "../../lib/server/kv/database.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import type { User } from "../../lib/protocol/users.ts";

const ATOMIC = 200; // people or rooms a commit: up to four values each

/**
 * Copies a room's head and document under other names: public ones of others, or ones that a person is in.
 */
export async function seedRooms(
  db: Database,
  like: string,
  { named, member }: { named: string[]; member?: string },
): Promise<void> {
  const [head, room] = await db.getMany<Record<string, unknown>>([keys.head(`room:${like}`), keys.room(like)]);
  for (let at = 0; at < named.length; at += ATOMIC) {
    const sets = named.slice(at, at + ATOMIC).flatMap((id) => [
      { key: keys.head(`room:${id}`), value: { ...head?.value, tail: [] } },
      { key: keys.room(id), value: { ...room?.value, id, name: id } },
      member === undefined
        ? { key: keys.publicRoom(id), value: true }
        : { key: keys.membership(member, id), value: { level: "mentions", at: 1 } },
    ]);
    assert.ok(await db.commit({ sets }));
  }
}

/** People without a password, in a room if one is named: so many "Person Nº 7", `@person.7`, behind all others in id order, or these. */
export async function seedPeople(db: Database, people: number | User[], room?: string): Promise<string[]> {
  const users = typeof people === "number" ? Array.from({ length: people }, (_, at) => numbered(at)) : people;
  for (let at = 0; at < users.length; at += ATOMIC) {
    const sets = users.slice(at, at + ATOMIC).flatMap((user) => [
      { key: keys.user(user.id), value: { ...user, signIns: 0, deactivations: 0 } },
      { key: keys.handle(user.handle), value: user.id },
      ...(room === undefined ? [] : [
        { key: keys.member(room, user.id), value: true },
        { key: keys.membership(user.id, room), value: { level: "mentions", at: 1 } },
      ]),
    ]);
    assert.ok(await db.commit({ sets }));
  }
  return users.map(({ id }) => id);
}

function numbered(at: number): User {
  return {
    id: `zseeded${String(at).padStart(5, "0")}`,
    handle: `person.${at}`,
    name: `Person Nº ${at}`,
    role: "member",
  };
}
