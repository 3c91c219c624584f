/** Every command once, over the real server: each answer is what /openapi.json says (lib/protocol/README.md §3, §6). */
import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { createApi } from "../support/api.ts";
import { at, PASSWORD, shareServer, textIn, withServer } from "./with_server.ts";

const withShared = shareServer();

Deno.test("/openapi.json is valid OpenAPI 3.1 of every command, whose examples fit and whose answers come as it says", () =>
  withShared(async ({ owner, member, schemas, done, call, url, join }) => {
    assert.deepEqual(schemas.names.toSorted(), Object.keys(commands).toSorted());
    for (const name of schemas.names) schemas.checkExample(name);

    const api = owner.api;
    const room = textIn(
      await done(api, "rooms.create", { name: "gauges", visibility: "private", topic: "t" }),
      "room",
      "id",
    );
    await done(api, "rooms.get", { room });
    await done(api, "rooms.update", { room, topic: "River gauges" });
    await done(api, "rooms.addMember", { room, user: member.id });
    assert.deepEqual(at(await done(api, "rooms.members", { room }), "members"), [owner.id, member.id].toSorted());
    await done(api, "rooms.removeMember", { room, user: member.id });
    const lobby = textIn(await done(api, "rooms.list", {}), "rooms", 0, "room", "id");
    await done(member.api, "rooms.join", { room: lobby });
    await done(member.api, "rooms.setLevel", { room: lobby, level: "mentions" });
    const direct = textIn(await done(api, "rooms.direct", { users: [member.id] }), "room", "id");

    const key = "contract-0123456789";
    const text =
      "# Hi @mia\n\n**a** _b_ ~~c~~ `d` [e](https://e.test)\n\n1. f\n\n> g\n\n```ts\nconst h = 1;\n```\n\n---\n\n- i";
    const sent = await done(api, "messages.send", { room: direct, text, key });
    assert.deepEqual(at(sent, "message", "mentions"), [member.id]);
    const again = await done(api, "messages.send", { room: direct, text, key });
    assert.deepEqual(again, sent, "the same key gives what the first call made");
    const other = await call(api, "messages.send", { room: direct, text: "other", key });
    assert.deepEqual([other.status, at(other.body, "code")], [409, "conflict"]);
    const seq = at(sent, "message", "seq");
    await done(member.api, "messages.react", { room: direct, seq, emoji: "👍" });
    assert.deepEqual(at(await done(api, "messages.reactors", { room: direct, seq, emoji: "👍" }), "users"), [
      member.id,
    ]);
    await done(member.api, "messages.unreact", { room: direct, seq, emoji: "👍" });
    await done(api, "messages.edit", { room: direct, seq, text: "Hi" });
    await done(member.api, "messages.list", { room: direct });
    await done(member.api, "messages.list", { room: direct, around: seq });
    await done(member.api, "reads.mark", { room: direct, seq });
    await done(member.api, "presence.typing", { room: direct });
    await done(member.api, "rooms.list", {});
    await done(api, "messages.delete", { room: direct, seq });
    assert.equal(textIn(await done(api, "messages.get", { room: direct, seq }), "message", "text"), "");

    for (const view of ["you", "everything"]) {
      const page = await done(member.api, "feed.list", { view });
      await done(member.api, "feed.markSeen", { view, offset: textIn(page, "offset") });
      await done(member.api, "feed.list", {
        view,
        limit: 1,
        before: textIn(page, "entries", 0, "offset"),
        room: lobby,
      });
    }

    await done(api, "auth.me", {});
    await done(api, "users.list", {});
    await done(api, "users.get", { ids: [member.id, "nobody"] });
    await done(member.api, "users.update", { name: "Mia", avatar: "🦦" });
    const leaving = await join("leaving");
    await done(api, "users.setRole", { user: leaving.id, role: "admin" });
    await done(api, "users.deactivate", { user: leaving.id });
    assert.equal((await call(leaving.api, "auth.me", {})).status, 401);
    await done(api, "users.reactivate", { user: leaving.id });
    await done(api, "invites.list", {});
    const invite = await done(api, "invites.create", { uses: 2 });
    assert.equal(textIn(invite, "url"), `${url}/join/${textIn(invite, "invite")}`);
    await done(api, "invites.revoke", { id: textIn(invite, "id") });
    const token = await done(api, "tokens.create", { name: "flood alerts", expiresIn: 60_000 });
    assert.equal(at(await done(api, "tokens.list", {}), "tokens", 0, "id"), textIn(token, "id"));
    await done(api, "tokens.revoke", { id: textIn(token, "id") });
    await done(api, "feedTokens.rotate", {});

    const second = createApi(url);
    await done(second, "auth.signIn", { handle: "MIA", password: PASSWORD });
    const sessions = at(await done(second, "sessions.list", {}), "sessions");
    assert(Array.isArray(sessions));
    assert.equal(sessions.length, 2, JSON.stringify(sessions));
    await done(second, "sessions.revoke", { session: sessions.find((it) => it.current === false)?.id });
    assert.equal((await call(member.api, "auth.me", {})).status, 401);
    await done(second, "auth.changePassword", { current: PASSWORD, password: `${PASSWORD}!` });
    await done(second, "auth.signOut", {});
    assert.equal(second.cookie(), "");
    await done(api, "rooms.leave", { room: lobby });
    await done(api, "rooms.archive", { room });
    await done(api, "rooms.unarchive", { room });
    assert.deepEqual([...schemas.answered].sort(), Object.keys(commands).sort(), "each was answered with 200 here");
  }));

Deno.test("limits are 1 to 100 and default 50, and lists go on after the last line that came", () =>
  withServer(async ({ owner: { api }, done, call }) => {
    for (const name of ["a", "b", "c"]) await done(api, "rooms.create", { name, visibility: "public" });
    const all = at(await done(api, "rooms.list", {}), "rooms");
    assert(Array.isArray(all) && all.length === 4);
    const ids: unknown[] = [];
    for (let after: string | undefined, more: unknown = true; more;) {
      const page = await done(api, "rooms.list", { limit: 1, ...(after !== undefined && { after }) });
      after = textIn(page, "rooms", 0, "room", "id");
      ids.push(after);
      more = at(page, "more");
    }
    assert.deepEqual(ids, all.map((line) => line.room.id));
    for (const name of ["rooms.list", "users.list", "invites.list", "feed.list"]) {
      for (const limit of [0, -1, 101, 1.5, "10", null, [], {}]) {
        assert.equal((await call(api, name, { view: "you", limit })).status, 400, `${name} ${JSON.stringify(limit)}`);
      }
    }
  }));

// JSON Schema draft 2020-12, 6.4: patterns are ECMA-262's with the u flag.
Deno.test("every pattern in /openapi.json is one that JSON Schema knows", () =>
  withShared(async ({ url }) => {
    const text = await (await fetch(`${url}/openapi.json`)).text();
    for (const [, pattern = ""] of text.matchAll(/"pattern":("(?:[^"\\]|\\.)*")/g)) {
      assert.doesNotThrow(() => new RegExp(JSON.parse(pattern), "u"), pattern);
    }
  }));
