/** Whatever writes to storage writes what any version of Deno reads. */
import assert from "node:assert/strict";
import { keys } from "../../../lib/server/kv/keys.ts";
import { withPeople } from "../../authorization/people.ts";
import { roomRows } from "../../authorization/room_rows.ts";
import { workspaceRows } from "../../authorization/workspace_rows.ts";
import { assertEncoded } from "../../support/encoded.ts";
import { newKey } from "../../support/services.ts";

/**
 * The first-run token goes when there is a workspace, and the probe is written on Deno Deploy. Boards are written by
 * several instances only; notifications are pending after a message that mentions many; rooms are counted where limits are on; a run
 * is broken by an edit between direct messages; a recovery link is made by whoever runs the server. Their tests run in `withStorage` and `withWorkspace`, which look at all
 * that is stored as well.
 */
const NOT_HERE = new Set([
  "setup",
  "probe",
  "board",
  "board_people",
  "boards_bell",
  "untold",
  "rooms_made",
  "broken_run",
  "recovery",
]);

Deno.test("what commands write, all of them, is bytes in a form of ours, in every kind of value", () =>
  withPeople(async (people) => {
    const { it, people: { creator, member, owner } } = people;
    const text = `A mention of @${member.handle}`;
    await people.as(creator, "messages.send", { room: (await people.scene("public")).room, text, key: newKey() });
    for (const [name, row] of Object.entries(roomRows)) {
      for (const { cookie } of [creator, member]) {
        await it.call(name, row.body(await people.scene("public")), { cookie });
        await it.call(name, row.body(await people.scene("direct")), { cookie });
      }
    }
    for (const [name, row] of Object.entries(workspaceRows)) {
      const who = await people.signIn(owner);
      await it.call(name, await row.body(people, who), { cookie: who.cookie });
    }
    const written = await assertEncoded(it.kv);
    const known = Object.values(keys).map((key) => String(Reflect.apply(key, undefined, [])[0]));
    assert.deepEqual([...new Set(known)].filter((kind) => !written.has(kind) && !NOT_HERE.has(kind)), []);
  }));
