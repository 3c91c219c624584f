/** Fault 15 of tests/README.md in one process: what is written right behind a removal, in its own commit too. */
import assert from "node:assert/strict";
import { roomStream } from "../../../lib/protocol/streams.ts";
import { createListener } from "../../faults/listener.ts";
import { createMessageCheck } from "../../faults/message_check.ts";
import { newKey, withWorkspace } from "../../support/services.ts";

const ROUNDS = 20;

Deno.test("who is removed from a private room gets the removal and nothing past it, whatever comes with it", () =>
  withWorkspace(async ({ services, owner, join }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { room } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    const stream = roomStream(room.id);
    const say = (text: string) => owner.call("messages.send", { room: room.id, key: newKey(), text });
    await owner.call("rooms.addMember", { room: room.id, user: ben.user.id });
    const stays = createListener(services.hub, ben.user, createMessageCheck(new Map()));
    await stays.follow(stream, "-1");
    for (let round = 0; round < ROUNDS; round++) {
      await owner.call("rooms.addMember", { room: room.id, user: ann.user.id });
      const listener = createListener(services.hub, ann.user, createMessageCheck(new Map()));
      await listener.follow(stream, round % 2 === 0 ? "now" : "-1");
      const { message } = await say("before");
      await listener.heard(stream, message.seq);
      const [, ...after] = await Promise.all([
        owner.call("rooms.removeMember", { room: room.id, user: ann.user.id }),
        say("behind it"),
        say("and behind that"),
      ]);
      await listener.until(() => listener.gone.has(stream), "the end of the room");
      assert.equal(listener.gone.get(stream), "removed");
      const last = listener.events.get(stream)?.at(-1);
      assert.deepEqual([last?.type, last?.data], ["rooms.left", { user: ann.user.id }]);
      await listener.follow(stream, "-1");
      assert.equal(listener.gone.get(stream), "not_found");
      assert.equal(listener.events.get(stream)?.at(-1), last);
      listener.close();
      await stays.heard(stream, Math.max(...after.map((it) => it.message.seq)));
    }
    stays.close();
  }));
