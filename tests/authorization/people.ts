/** Everybody that a command may be asked by, and rooms of every kind that they stand in some relation to. */
import type { CommandName, Input } from "../../lib/protocol/commands.ts";
import { type AppCase, cookieOf, PASSWORD, withApp } from "../routes/with_app.ts";

/**
 * `creator` made the room and is in it, `member` is in it and wrote its message, `insider` is an admin who is in it;
 * `outsider` never was in it, `ex` was; `admin` and `owner` have their role and are not in it.
 */
export const actors = [
  "nobody",
  "deactivated",
  "creator",
  "member",
  "insider",
  "outsider",
  "ex",
  "admin",
  "owner",
] as const;
export type Actor = (typeof actors)[number];

export const kinds = ["public", "private", "direct", "archived", "missing"] as const;
export type Kind = (typeof kinds)[number];

export interface Known {
  id: string;
  handle: string;
  cookie: string;
}

/** What a row's body may name. */
export interface Scene {
  room: string;
  /** The seq of the `member`'s message in it. */
  seq: number;
  /** Is in the room, and manages nothing. */
  other: string;
  /** Is in no room but the lobby. */
  stranger: string;
}

export interface People {
  it: AppCase;
  people: Record<Actor, Known>;
  other: Known;
  stranger: Known;
  /** A room of this kind, used by nobody before (a direct conversation is the same one each time). */
  scene(kind: Kind): Promise<Scene>;
  /** Calls as somebody; throws unless it worked. */
  as<N extends CommandName>(who: Known, name: N, body: Input<N>): Promise<Response>;
  /** Someone new. */
  join(handle: string): Promise<Known>;
  /** A further session of the same person. */
  signIn(who: Known): Promise<Known>;
}

export const NOBODY: Known = { id: "nobody-at-all", handle: "nobody", cookie: "" };

/** Runs `body` in a workspace with one person of each kind. */
export async function withPeople(body: (people: People) => Promise<void>): Promise<void> {
  await withApp(async (it) => {
    const owner = { ...await it.setUp(), handle: "noor" };
    let keys = 0;
    const newKey = () => `matrix-key-${String(++keys).padStart(10, "0")}`;

    async function as<N extends CommandName>(who: Known, name: N, input: Input<N>): Promise<Response> {
      const response = await it.call(name, input, { cookie: who.cookie });
      if (!response.ok) throw new Error(`${who.handle} ${name}: ${response.status} ${await response.text()}`);
      return response;
    }
    async function join(handle: string): Promise<Known> {
      const { invite } = await (await as(owner, "invites.create", { uses: 1 })).json();
      const response = await as(NOBODY, "auth.signUp", { invite, name: handle, handle, password: PASSWORD });
      return { id: (await response.json()).user.id, handle, cookie: cookieOf(response) };
    }
    const made: Record<Actor, Known> = {
      nobody: NOBODY,
      owner,
      deactivated: await join("deactivated"),
      creator: await join("creator"),
      member: await join("member"),
      insider: await join("insider"),
      outsider: await join("outsider"),
      ex: await join("ex"),
      admin: await join("admin"),
    };
    const other = await join("other");
    const stranger = await join("stranger");
    const { creator, member, insider, ex, admin } = made;
    for (const { id } of [insider, admin]) await as(owner, "users.setRole", { user: id, role: "admin" });
    await as(owner, "users.deactivate", { user: made.deactivated.id });
    const directUsers = [member.id, insider.id, other.id];

    let scenes = 0; // A room's name is its own.
    async function scene(kind: Kind): Promise<Scene> {
      const names = { other: other.id, stranger: stranger.id };
      if (kind === "missing") return { room: "no-such-room", seq: 2, ...names };
      const visibility = kind === "private" ? "private" : "public";
      const response = kind === "direct"
        ? await as(creator, "rooms.direct", { users: directUsers })
        : await as(creator, "rooms.create", { name: `${kind} ${++scenes}`, visibility });
      const room: string = (await response.json()).room.id;
      if (kind !== "direct") {
        for (const user of [...directUsers, ex.id]) await as(creator, "rooms.addMember", { room, user });
        await as(creator, "rooms.removeMember", { room, user: ex.id });
      }
      const sent = await as(member, "messages.send", { room, text: "Two reads, one edge.", key: newKey() });
      if (kind === "archived") await as(creator, "rooms.archive", { room });
      return { room, seq: (await sent.json()).message.seq, ...names };
    }

    async function signIn(who: Known): Promise<Known> {
      const response = await as(NOBODY, "auth.signIn", { handle: who.handle, password: PASSWORD });
      return { ...who, cookie: cookieOf(response) };
    }

    await body({ it, people: made, other, stranger, scene, as, join, signIn });
  });
}
