/** Who may do what in the workspace, as lib/protocol/README.md §3 says it: one row a command that names no room. */
import type { CommandName } from "../../lib/protocol/commands.ts";
import { PASSWORD } from "../routes/with_app.ts";
import type { Known, People } from "./people.ts";
import type { Code, roomRows } from "./room_rows.ts";

/** Those whom the rows are about: `outsider` is a plain member of the workspace. */
export const roles = ["nobody", "deactivated", "outsider", "admin", "owner"] as const;
export type Role = (typeof roles)[number];

export interface WorkspaceRow {
  /** The body for somebody; what it names is made afresh. */
  body(people: People, who: Known): Promise<unknown>;
  codes: Record<Role, Code>;
  /** Called with a session of its own, which the command may end. */
  ownSession?: true;
}

const signedIn = (code: Code): Record<Role, Code> => ({
  nobody: "unauthenticated",
  deactivated: "unauthenticated",
  outsider: code,
  admin: code,
  owner: code,
});
const anyone = (code: Code): Record<Role, Code> => ({ ...signedIn(code), nobody: code, deactivated: code });
const MANAGERS: Record<Role, Code> = { ...signedIn("ok"), outsider: "forbidden" };
const OWNERS: Record<Role, Code> = { ...signedIn("forbidden"), owner: "ok" };

const nothing = () => Promise.resolve({});
let made = 0;
const newHandle = () => `new${++made}`;

async function newInvite({ as, people }: People): Promise<{ id: string; invite: string }> {
  return await (await as(people.owner, "invites.create", { uses: 1 })).json();
}
const newPerson = async ({ join }: People) => ({ user: (await join(newHandle())).id });

type Rows = Record<Exclude<CommandName, keyof typeof roomRows>, WorkspaceRow>;

export const workspaceRows = {
  "auth.setUp": {
    body: () =>
      Promise.resolve({ token: "first-run", workspace: "Mine", name: "M", handle: newHandle(), password: PASSWORD }),
    codes: anyone("conflict"),
  },
  "auth.signUp": {
    body: async (people) => ({
      invite: (await newInvite(people)).invite,
      name: "New",
      handle: newHandle(),
      password: PASSWORD,
    }),
    codes: anyone("ok"),
    ownSession: true,
  },
  "auth.signIn": {
    body: ({ stranger }) => Promise.resolve({ handle: stranger.handle, password: PASSWORD }),
    codes: anyone("ok"),
    ownSession: true,
  },
  "auth.signOut": { body: nothing, codes: signedIn("ok"), ownSession: true },
  "auth.me": { body: nothing, codes: signedIn("ok") },
  "auth.changePassword": {
    body: () => Promise.resolve({ current: "not the password", password: PASSWORD }),
    codes: signedIn("forbidden"),
  },
  "sessions.list": { body: nothing, codes: signedIn("ok") },
  "sessions.revoke": {
    body: async ({ it }, { cookie }) => {
      const { sessions } = await (await it.call("sessions.list", {}, { cookie })).json();
      const current = sessions?.find((session: { current: boolean }) => session.current);
      return { session: current?.id ?? "s1" };
    },
    codes: signedIn("ok"),
    ownSession: true,
  },
  "invites.create": { body: () => Promise.resolve({ uses: 1 }), codes: MANAGERS },
  "invites.list": { body: nothing, codes: MANAGERS },
  "invites.revoke": { body: async (people) => ({ id: (await newInvite(people)).id }), codes: MANAGERS },
  "tokens.create": { body: () => Promise.resolve({ name: "flood alerts" }), codes: signedIn("ok") },
  "tokens.list": { body: nothing, codes: signedIn("ok") },
  "tokens.revoke": {
    body: async ({ it }, { cookie }) => {
      const made = await (await it.call("tokens.create", { name: "old" }, { cookie })).json();
      return { id: made.id ?? "t1" };
    },
    codes: signedIn("ok"),
  },
  "feedTokens.rotate": { body: nothing, codes: signedIn("ok") },
  "users.list": { body: nothing, codes: signedIn("ok") },
  "users.get": { body: ({ stranger }) => Promise.resolve({ ids: [stranger.id] }), codes: signedIn("ok") },
  "users.update": { body: (_, { handle }) => Promise.resolve({ name: `${handle} again` }), codes: signedIn("ok") },
  "users.setRole": { body: async (people) => ({ ...await newPerson(people), role: "admin" }), codes: MANAGERS },
  "users.deactivate": { body: newPerson, codes: MANAGERS },
  "users.reactivate": {
    body: async (people) => {
      const { user } = await newPerson(people);
      await people.as(people.people.owner, "users.deactivate", { user });
      return { user };
    },
    codes: MANAGERS,
  },
  "rooms.create": {
    body: () => Promise.resolve({ name: `gauges ${crypto.randomUUID()}`, visibility: "private" }),
    codes: signedIn("ok"),
  },
  "rooms.list": { body: nothing, codes: signedIn("ok") },
  "feed.list": { body: () => Promise.resolve({ view: "everything" }), codes: signedIn("ok") },
  "feed.markSeen": { body: () => Promise.resolve({ view: "everything", offset: "now" }), codes: signedIn("ok") },
  "rooms.direct": { body: ({ stranger }) => Promise.resolve({ users: [stranger.id] }), codes: signedIn("ok") },
} satisfies Rows;

/** What touches owners: only owners give, take or deactivate it, and the last one stays. */
export const ownerRows: (WorkspaceRow & { what: string; name: CommandName })[] = [
  {
    what: "give owner",
    name: "users.setRole",
    body: async (people) => ({ ...await newPerson(people), role: "owner" }),
    codes: OWNERS,
  },
  {
    what: "take owner",
    name: "users.setRole",
    body: async (people) => ({ user: await newOwner(people), role: "member" }),
    codes: OWNERS,
  },
  {
    what: "deactivate an owner",
    name: "users.deactivate",
    body: async (people) => ({ user: await newOwner(people) }),
    codes: OWNERS,
  },
  {
    what: "touch nobody",
    name: "users.setRole",
    body: () => Promise.resolve({ user: "no-such-person", role: "member" }),
    codes: signedIn("not_found"),
  },
];

async function newOwner(people: People): Promise<string> {
  const { user } = await newPerson(people);
  await people.as(people.people.owner, "users.setRole", { user, role: "owner" });
  return user;
}
