/** The authorisation matrix, made from the command table: a command without a row fails the type check, and this test. */
import assert from "node:assert/strict";
import type { Command } from "../lib/protocol/command.ts";
import { type CommandName, commands } from "../lib/protocol/commands.ts";
import { examples } from "../lib/protocol/examples.ts";
import { roomStream, userStream } from "../lib/protocol/streams.ts";
import { actors, kinds, type Known, type People, type Scene, withPeople } from "./authorization/people.ts";
import type { AppCase } from "./routes/with_app.ts";
import { type Code, expectedIn, type RoomRow, roomRows } from "./authorization/room_rows.ts";
import { ownerRows, roles, type WorkspaceRow, workspaceRows } from "./authorization/workspace_rows.ts";

const table = { ...roomRows, ...workspaceRows } satisfies Record<CommandName, RoomRow | WorkspaceRow>;
const commandTable: Record<string, Command> = commands;
const roomTable: [string, RoomRow][] = Object.entries(roomRows);
const workspaceTable: [string, WorkspaceRow][] = Object.entries(workspaceRows);

const AT_ONCE = 3;
const EVENTS_MAX = 10;

/** The code of the answer; one that is no problem is told as its status. */
async function codeOf(response: Response): Promise<string> {
  const body = await response.json();
  return response.status === 200 ? "ok" : body.code ?? String(response.status);
}

/** Calls what the row's command comes after, so that it has something to undo. */
async function prepare(it: AppCase, { after }: RoomRow, at: Scene, cookie: string): Promise<void> {
  const [name, row] = roomTable.find(([name]) => name === after) ?? [];
  if (name && row) assert.equal(await codeOf(await it.call(name, row.body(at), { cookie })), "ok");
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

Deno.test("what calls write is ordered, and at once as much as one after the other", async (t) => {
  await withPeople(async ({ it, people, scene }) => {
    for (const [name, row] of roomTable) {
      await t.step(name, async () => {
        const allowed = actors.filter((actor) => expectedIn(row, "public", actor) === "ok");
        let wrote = 0;
        for (const actor of new Set([allowed[0], allowed.at(-1)])) {
          assert(actor, "somebody may do it");
          const { id, cookie } = people[actor];
          /** How many events the calls append to the room's stream, or, where there are none, to the caller's own. */
          const count = async (run: (call: () => Promise<Response>) => Promise<unknown>) => {
            const at = await scene("public");
            await prepare(it, row, at, cookie);
            const streams = [roomStream(at.room), userStream(id)];
            const before = await it.services.log.heads(streams);
            await run(() => it.call(name, row.body(at), { cookie }));
            const heads = await it.services.log.heads(streams);
            const [inRoom = 0, inOwn = 0] = heads.map(({ seq }, index) => seq - (before[index]?.seq ?? 0));
            assert(
              inRoom === 0 || commandTable[name]?.ordered,
              `${name} writes to the room, so it must be \`ordered\``,
            );
            return inRoom || inOwn;
          };
          const inTurn = await count(async (call) => {
            for (let n = 0; n < AT_ONCE; n++) await call();
          });
          const isNew = commandTable[name]?.load === "send"; // each send makes a message
          assert(
            isNew || inTurn <= 1,
            `${actor}: ${name} made ${inTurn} events, though after the first nothing changed`,
          );
          const atOnce = await count((call) => Promise.all(Array.from({ length: AT_ONCE }, call)));
          assert.equal(atOnce, inTurn, `${actor}: does the plan of ${name} have the \`checks\` of what it read?`);
          wrote += inTurn;
        }
        assert(wrote > 0 || !commandTable[name]?.ordered, `${name} had nothing to do: its row needs an \`after\``);
      });
    }
  });
});

Deno.test("whoever leaves while a call of theirs is under way writes nothing behind it", async (t) => {
  await withPeople(async ({ it, people: { member: { id, cookie } }, scene }) => {
    for (const [name, row] of roomTable) {
      if (!commandTable[name]?.ordered || expectedIn(row, "private", "member") !== "ok") continue;
      await t.step(name, async () => {
        const at = await scene("private");
        await prepare(it, row, at, cookie);
        const stream = roomStream(at.room);
        const { seq } = await it.services.log.head(stream);
        const answers = await Promise.all([
          it.call("rooms.leave", { room: at.room }, { cookie }),
          it.call(name, row.body(at), { cookie }),
        ]);
        const [left, called = ""] = await Promise.all(answers.map(codeOf));
        assert.equal(left, "ok");
        assert(["ok", "not_found"].includes(called), called);
        const events = await it.services.log.read(stream, seq, EVENTS_MAX);
        const behind = events.slice(events.findIndex((event) => event.type === "rooms.left") + 1);
        const theirs = behind.filter((event) => event.by === id).map((event) => event.type);
        assert.deepEqual(theirs, [], `does the plan of ${name} give the \`asOf\` of its authorisation?`);
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
