/** The authorisation matrix, made from the command table: a command without a row fails the type check, and this test. */
import assert from "node:assert/strict";
import type { Command } from "../lib/protocol/command.ts";
import { type CommandName, commands } from "../lib/protocol/commands.ts";
import { examples } from "../lib/protocol/examples.ts";
import { roomStream } from "../lib/protocol/streams.ts";
import { actors, kinds, type Known, type People, type Scene, withPeople } from "./authorization/people.ts";
import { type Code, expectedIn, type RoomRow, roomRows } from "./authorization/room_rows.ts";
import { ownerRows, roles, type WorkspaceRow, workspaceRows } from "./authorization/workspace_rows.ts";

const table = { ...roomRows, ...workspaceRows } satisfies Record<CommandName, RoomRow | WorkspaceRow>;
const commandTable: Record<string, Command> = commands;
const roomTable: [string, RoomRow][] = Object.entries(roomRows);
const workspaceTable: [string, WorkspaceRow][] = Object.entries(workspaceRows);

/** The code of the answer; one that is no problem is told as its status. */
async function codeOf(response: Response): Promise<string> {
  const body = await response.json();
  return response.status === 200 ? "ok" : body.code ?? String(response.status);
}

Deno.test("every command has a row in the authorisation matrix, and names a room exactly where the row says so", () => {
  assert.deepEqual(Object.keys(table).sort(), Object.keys(commands).sort());
  for (const [name, example] of Object.entries<object>(examples)) {
    assert.equal("room" in example, Object.hasOwn(roomRows, name), `${name} names a room`);
  }
});

Deno.test("authorisation: who may do what with a room of which kind", async (t) => {
  await withPeople(async ({ it, people, scene }) => {
    for (const [name, row] of roomTable) {
      await t.step(name, async () => {
        const wrong: string[] = [];
        let writes = false;
        for (const kind of kinds) {
          let at: Scene | undefined;
          for (const actor of actors) {
            at ??= await scene(kind);
            const { room } = at;
            const head = async () => (await it.services.log.head(roomStream(room))).seq;
            const before = await head();
            const code = await codeOf(await it.call(name, row.body(at), { cookie: people[actor].cookie }));
            const wrote = await head() > before;
            writes ||= wrote;
            const expected: Code = expectedIn(row, kind, actor);
            if (code !== expected) wrong.push(`${actor}, ${kind}: ${code} instead of ${expected}`);
            // Where somebody was refused, all is for the next one as it was.
            if (code === "ok") at = undefined;
            else if (wrote) wrong.push(`${actor}, ${kind}: ${code}, and wrote`);
          }
        }
        assert.deepEqual(wrong, []);
        assert(
          !writes || commandTable[name]?.ordered,
          `${name} writes to the room, so calls of it must be \`ordered\``,
        );
      });
    }
  });
});

Deno.test("authorisation: who may do what in the workspace", async (t) => {
  const check = async (people: People, name: string, row: WorkspaceRow) => {
    const wrong: string[] = [];
    for (const role of roles) {
      const who: Known = row.ownSession && people.people[role].cookie && role !== "deactivated"
        ? await people.signIn(people.people[role])
        : people.people[role];
      const body = await row.body(people, who);
      const code = await codeOf(await people.it.call(name, body, { cookie: who.cookie }));
      if (code !== row.codes[role]) wrong.push(`${role}: ${code} instead of ${row.codes[role]}`);
    }
    assert.deepEqual(wrong, []);
  };
  await withPeople(async (people) => {
    for (const [name, row] of workspaceTable) await t.step(name, () => check(people, name, row));
    for (const row of ownerRows) await t.step(`${row.name}: ${row.what}`, () => check(people, row.name, row));
    for (const [name, row] of workspaceTable) {
      await t.step(`${name}, with a token`, async () => {
        const who = await people.signIn(people.people.outsider);
        const { token } = await (await people.as(who, "tokens.create", { name })).json();
        const headers = { authorization: `Bearer ${token}`, origin: undefined };
        const code = await codeOf(await people.it.call(name, await row.body(people, who), headers));
        const refused = ["auth.signOut", "auth.changePassword", "tokens.create", "feedTokens.rotate"].includes(name);
        assert.equal(code, refused ? "forbidden" : row.codes.outsider);
      });
    }
    await t.step("the last active owner stays", async () => {
      const { it, as, people: { owner } } = people;
      const { users } = await (await as(owner, "users.list", { limit: 100 })).json();
      for (const { id, role, deactivatedAt } of users) {
        if (role !== "owner" || id === owner.id || deactivatedAt !== undefined) continue;
        await as(owner, "users.setRole", { user: id, role: "member" });
      }
      const { cookie, id: user } = owner;
      assert.equal(await codeOf(await it.call("users.setRole", { user, role: "admin" }, { cookie })), "conflict");
      assert.equal(await codeOf(await it.call("users.deactivate", { user }, { cookie })), "conflict");
    });
  });
});
