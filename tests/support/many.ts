/** More people and rooms than any list has at once, put straight into storage. */
import assert from "node:assert/strict";
import type { Database } from "../../lib/server/kv/database.ts";
import { setAt } from "../../lib/server/kv/key.ts";
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
  const [head, room] = await db.getMany([keys.head(`room:${like}`), keys.room(like)]);
  assert.ok(head.value && room.value);
  const copied = { head: head.value, room: room.value };
  for (let at = 0; at < named.length; at += ATOMIC) {
    const sets = named.slice(at, at + ATOMIC).flatMap((id) => [
      setAt(keys.head(`room:${id}`), { ...copied.head, tail: [] }),
      setAt(keys.room(id), { ...copied.room, id, name: id }),
      member === undefined
        ? setAt(keys.publicRoom(id), true)
        : setAt(keys.membership(member, id), { level: "mentions", at: 1 }),
    ]);
    assert.ok(await db.commit({ sets }));
  }
}

/** People without a password, in a room if one is named: so many "Person Nº 7", `@person.7`, behind all others in id order, or these. */
export async function seedPeople(db: Database, people: number | User[], room?: string): Promise<string[]> {
  const users = typeof people === "number" ? Array.from({ length: people }, (_, at) => numbered(at)) : people;
  for (let at = 0; at < users.length; at += ATOMIC) {
    const sets = users.slice(at, at + ATOMIC).flatMap((user) => [
      setAt(keys.user(user.id), { ...user, signIns: 0, deactivations: 0 }),
      setAt(keys.handle(user.handle), user.id),
      ...(room === undefined ? [] : [
        setAt(keys.member(room, user.id), true),
        setAt(keys.membership(user.id, room), { level: "mentions", at: 1 }),
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
