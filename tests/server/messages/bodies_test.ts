/** A message is shown with the body of its own text, whatever commits were planned and then did not land. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { StorageFull, StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { BODIES_KEPT_BYTES, createBodies } from "../../../lib/server/messages/bodies.ts";
import { slices } from "../../../lib/server/limits/slices.ts";
import { parseBody } from "../../../lib/server/messages/markdown.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import { TEXT_MAX } from "../../../lib/protocol/fields.ts";
import { roomStream } from "../../../lib/protocol/streams.ts";
import { createServices, type Services } from "../../../lib/server/services.ts";
import { newKey, type Person, testConfig, withWorkspace } from "../../support/services.ts";

type Commit = Services["db"]["commit"];

/** The next commits do as these say, in order; those after them do as always. */
function inTheWay({ db }: Services, ...faults: ((commit: () => ReturnType<Commit>) => ReturnType<Commit>)[]): void {
  const { commit } = db;
  db.commit = (write) => faults.shift()?.(() => commit(write)) ?? commit(write);
}

const full = () => Promise.reject(new StorageFull("full"));

async function lobbyOf(person: Person): Promise<string> {
  return (await person.call("rooms.list", {})).rooms[0]?.room.id ?? "";
}

function assertFresh(message: Message, handles: Record<string, string> = {}): void {
  const expected = message.deletedAt === undefined ? parseBody(message.text, handles) : [];
  assert.deepEqual(message.body, expected, `the body of ${message.seq} at rev ${message.rev}`);
}

/** What a room's events say and what it lists. */
async function shown(services: Services, reader: Person, room: string): Promise<Message[]> {
  const stream = roomStream(room);
  const events = await services.messages.join(stream, await services.log.read(stream, 0, 500));
  const published = events.flatMap(({ data }) =>
    typeof data === "object" && data !== null && "message" in data ? [data.message] : []
  );
  const { messages } = await reader.call("messages.list", { room, limit: 100 });
  // A wire message, as the log carries it.
  return [...JSON.parse(JSON.stringify(published)), ...messages];
}

Deno.test("an edit that never landed leaves nothing to the one that has its place", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const { message: { seq } } = await owner.call("messages.send", { room, text: "one", key: newKey() });
    inTheWay(services, full);
    assert.equal(
      await owner.code("messages.edit", { room, seq, text: "the *secret*" }).catch(String),
      "StorageFull: full",
    );
    const { message } = await owner.call("messages.edit", { room, seq, text: "the *other*" });
    assertFresh(message);
    for (const one of await shown(services, owner, room)) assertFresh(one);
  }));

Deno.test("a delete that a full disk refused leaves nothing to the edit after it, nor the edit to a reaction", () =>
  withWorkspace(async ({ owner, services }) => {
    const room = await lobbyOf(owner);
    const { message: { seq } } = await owner.call("messages.send", { room, text: "the *secret*", key: newKey() });
    inTheWay(services, full, full);
    await assert.rejects(owner.call("messages.react", { room, seq, emoji: "👍" }));
    await assert.rejects(owner.call("messages.delete", { room, seq }));
    const { message } = await owner.call("messages.edit", { room, seq, text: "nothing *here*" });
    assertFresh(message);
    inTheWay(services, full);
    await assert.rejects(owner.call("messages.edit", { room, seq, text: "the *next* secret" }));
    assertFresh((await owner.call("messages.react", { room, seq, emoji: "👍" })).message);
    for (const one of await shown(services, owner, room)) assertFresh(one);
  }));

Deno.test("an edit that lost its place to another instance's leaves nothing to that one", () =>
  withWorkspace(
    async ({ owner, services, clock }) => {
      const db = { ...services.db };
      const other = await createServices({ config: testConfig, db, shared: true, now: () => clock.now, failed() {} });
      const room = await lobbyOf(owner);
      const { message: { seq } } = await owner.call("messages.send", { room, text: "one", key: newKey() });
      // The place that it was planned for is the other's, and then there is no room for it.
      const late = async (commit: () => ReturnType<Commit>) => {
        await other.messages.edit(owner.user, room, seq, "from *there*");
        return await commit();
      };
      inTheWay(services, late, full);
      await assert.rejects(owner.call("messages.edit", { room, seq, text: "the *secret*" }));
      const message = await services.messages.get(owner.user, room, seq);
      assert.equal(message.text, "from *there*");
      for (const one of [...await shown(services, owner, room), ...await shown(other, owner, room)]) assertFresh(one);
      other.hub.close();
    },
    {},
    { shared: true },
  ));

Deno.test("whatever fails among sends, edits, deletions and reactions, each message is shown with its own text", async () => {
  const words = ["a *b*", "`c`", "- d\n- e", "**@owner** f", "*g* https://a.test/"];
  const faults = [
    full,
    () => Promise.reject(new StorageUnavailable("not there")),
    async (commit: () => ReturnType<Commit>) => {
      await commit();
      throw new StorageUnavailable("the answer was lost");
    },
    () => Promise.resolve(undefined),
    (commit: () => ReturnType<Commit>) => commit(),
  ];
  const step = fc.record({
    what: fc.constantFrom("send", "edit", "edit", "edit", "delete", "react"),
    text: fc.constantFrom(...words),
    of: fc.nat(3),
    fault: fc.constantFrom(...faults),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), (steps) =>
      withWorkspace(async ({ owner, services }) => {
        const room = await lobbyOf(owner);
        const handles = { owner: owner.user.id };
        const seqs: number[] = [];
        for (const { what, text, of, fault } of steps) {
          const seq = seqs[of % Math.max(1, seqs.length)];
          inTheWay(services, fault);
          try {
            if (seq === undefined || what === "send") {
              seqs.push((await owner.call("messages.send", { room, text, key: newKey() })).message.seq);
            } else if (what === "edit") {
              assertFresh((await owner.call("messages.edit", { room, seq, text })).message, handles);
            } else if (what === "delete") await owner.call("messages.delete", { room, seq });
            else assertFresh((await owner.call("messages.react", { room, seq, emoji: "👍" })).message, handles);
          } catch (error) {
            if (error instanceof assert.AssertionError) throw error;
          }
          for (const message of await shown(services, owner, room)) assertFresh(message, handles);
        }
      })),
    { numRuns: 25, seed: 11 },
  );
});

Deno.test("a text of more mentions than a body may have is published as it is listed", () =>
  withWorkspace(async ({ owner, join, services }) => {
    await join("ann");
    const room = await lobbyOf(owner);
    const text = `*all*: ${"@ann ".repeat(1_500)}`.trim();
    const { message } = await owner.call("messages.send", { room, text, key: newKey() });
    for (const one of await shown(services, owner, room)) assert.deepEqual(one.body, message.body);
  }));

Deno.test("a body is kept for its own text and people, and the oldest go before 32 MB are passed", () => {
  const bodyOf = createBodies({ parseOnce: () => assert.fail("parsed later"), inSlices: slices.inSlices }).of;
  const [text, ann] = ["*a* @ann", { ann: "u1" }];
  assert.equal(bodyOf(text, ann), bodyOf(text, { ann: "u1" }));
  assert.deepEqual(bodyOf(text, { ann: "u2" }), parseBody(text, { ann: "u2" }));
  assert.deepEqual(bodyOf(text, {}), parseBody(text, {}));
  assert.deepEqual(bodyOf(`{"ann":"u1"}${text}`, {}), parseBody(`{"ann":"u1"}${text}`, {}));
  const first = bodyOf(text, ann);
  const long = (at: number) => `*${at}* ${"x".repeat(TEXT_MAX - 10)}`;
  const count = Math.ceil(BODIES_KEPT_BYTES / (2 * TEXT_MAX)); // their texts alone are 32 MB
  for (let at = 0; at < count; at++) bodyOf(long(at), {});
  assert.notEqual(bodyOf(text, ann), first);
});
