/** Not yours is answered as not there, byte for byte (lib/protocol/README.md §1): nobody learns that a thing exists. */
import assert from "node:assert/strict";
import { roomStream, userStream } from "../../lib/protocol/streams.ts";
import { comparable, cookieOf, PASSWORD } from "../routes/with_app.ts";
import { type Kind, type Known, NOBODY, type People, type Scene, withPeople } from "./people.ts";
import { type RoomRow, roomRows } from "./room_rows.ts";

const rows: [string, RoomRow][] = Object.entries(roomRows);
const NOWHERE: Scene = { room: "ZZZZZZZZZZZZZZZZZZZZ", seq: 1, other: "", stranger: "" };

/** Those who don't see the room of a kind. */
const outside = ["outsider", "ex", "admin", "owner"] as const;

Deno.test("a room that somebody may not see answers every command as one that isn't there", async (t) => {
  await withPeople(async ({ it, people, scene, stranger, other }) => {
    for (const kind of ["private", "direct"] as const satisfies Kind[]) {
      const hidden = await scene(kind);
      const names = { other: other.id, stranger: stranger.id };
      for (const [name, row] of rows) {
        await t.step(`${name}, ${kind}`, async () => {
          for (const actor of outside) {
            const { cookie } = people[actor];
            const ask = async (at: Scene) => await comparable(await it.call(name, row.body(at), { cookie }));
            const [theirs, nowhere] = [await ask(hidden), await ask({ ...NOWHERE, ...names })];
            assert.equal(theirs.status, 404);
            assert.deepEqual(theirs, nowhere, actor);
            // Neither does what else the body names make a difference.
            const strange = { ...hidden, seq: 99, other: "no-such-person", stranger: "no-such-person" };
            assert.deepEqual(await ask(strange), nowhere, `${actor}, naming what isn't there`);
          }
        });
      }
    }
  });
});

Deno.test("a room that somebody may not see has no page, like one that isn't there", () =>
  withPeople(async ({ it, people, scene }) => {
    const hidden = await scene("private");
    const page = async ({ cookie }: Known, path: string, room: string, form?: string) => {
      const headers = { cookie, accept: "text/html", origin: it.origin };
      const typed = { ...headers, "content-type": "application/x-www-form-urlencoded" };
      const asked = form === undefined ? { headers } : { method: "POST", body: form, headers: typed };
      const { text, ...rest } = await comparable(await it.ask(path, asked));
      const nonce = /'nonce-([^']+)'/.exec(JSON.stringify(rest.headers))?.[1] ?? "";
      return JSON.parse(JSON.stringify({ text, ...rest }).replaceAll(nonce, "<nonce>").replaceAll(room, "<room>"));
    };
    for (const actor of outside) {
      const message = "text=hello&key=hidden-room-0123456789";
      const asked: [rest: string, form?: string][] = [[""], [`/${hidden.seq}`], ["", message], ["/join", ""]];
      for (const [rest, form] of asked) {
        const at = (room: string) => page(people[actor], `/rooms/${room}${rest}`, room, form);
        const theirs = await at(hidden.room);
        assert.equal(theirs.status, 404, rest);
        assert.deepEqual(theirs, await at(NOWHERE.room), `${actor} ${rest}`);
      }
    }
  }));

Deno.test("streams that are not mine are gone like those that aren't there, whatever the offset", () =>
  withPeople(async ({ it, people, scene }) => {
    const hidden = await scene("private");
    const listed = await (await it.call("messages.list", { room: hidden.room }, { cookie: people.creator.cookie }))
      .json();
    const poll = async ({ cookie }: Known, stream: string, offset: string) => {
      const headers = { cookie, origin: it.origin, "content-type": "application/json" };
      const body = JSON.stringify({ v: 1, streams: { [stream]: offset }, wait: 0 });
      const { text, ...rest } = await comparable(await it.ask("/live/poll", { method: "POST", body, headers }));
      return { ...rest, text: text.replaceAll(stream, "<stream>") };
    };
    for (const actor of outside) {
      for (const offset of ["-1", "now", listed.offset, "never-was-one"]) {
        const nowhere = await poll(people[actor], roomStream(NOWHERE.room), offset);
        assert.match(nowhere.text, /"not_found"/);
        for (const stream of [roomStream(hidden.room), userStream(people.creator.id)]) {
          assert.deepEqual(await poll(people[actor], stream, offset), nowhere, `${actor} ${stream} ${offset}`);
        }
      }
    }
  }));

Deno.test("sessions, tokens and invites that are not mine are answered as ones that aren't there", () =>
  withPeople(async ({ it, people, as }) => {
    const { sessions: [theirs] } = await (await as(people.creator, "sessions.list", {})).json();
    const invite = await (await as(people.owner, "invites.create", {})).json();
    const token = await (await as(people.creator, "tokens.create", { name: "theirs" })).json();
    const ask = async (name: string, body: unknown, { cookie }: Known) =>
      await comparable(await it.call(name, body, { cookie }));
    for (const actor of ["member", "admin", "owner"] as const) {
      const missing = await ask("sessions.revoke", { session: "no-such-session" }, people[actor]);
      assert.equal(missing.status, 404);
      assert.deepEqual(await ask("sessions.revoke", { session: theirs.id }, people[actor]), missing, actor);
      const none = await ask("tokens.revoke", { id: "no-such-token" }, people[actor]);
      assert.equal(none.status, 404);
      assert.deepEqual(await ask("tokens.revoke", { id: token.id }, people[actor]), none, actor);
    }
    const refused = await ask("invites.revoke", { id: "no-such-invite" }, people.member);
    assert.deepEqual(await ask("invites.revoke", { id: invite.id }, people.member), refused);
    assert.equal((await it.call("auth.me", {}, { cookie: people.creator.cookie })).status, 200);
  }));

Deno.test("invites that can't be used are answered alike, whatever the reason", () =>
  withPeople(async ({ it, people, as }) => {
    const make = async () => await (await as(people.owner, "invites.create", { uses: 1, expiresIn: 60_000 })).json();
    const [used, revoked, expired] = [await make(), await make(), await make()];
    const signUp = (invite: string, handle: string) =>
      it.call("auth.signUp", { invite, name: "New", handle, password: PASSWORD });
    assert.equal((await signUp(used.invite, "first")).status, 200);
    await as(people.owner, "invites.revoke", { id: revoked.id });
    it.clock.now += 60_001;
    const never = await comparable(await signUp("never-was-one", "second"));
    assert.equal(never.status, 410);
    for (const { invite } of [used, revoked, expired]) {
      assert.deepEqual(await comparable(await signUp(invite, "second")), never);
    }
  }));

Deno.test("signing in answers an unknown handle, a wrong password and somebody deactivated alike", () =>
  withPeople(async ({ it, people }: People) => {
    const ask = async (handle: string, password: string) =>
      await comparable(await it.call("auth.signIn", { handle, password }, { cookie: NOBODY.cookie }));
    const unknown = await ask("no-such-handle", PASSWORD);
    assert.equal(unknown.status, 401);
    assert.deepEqual(await ask(people.member.handle, "wrong password"), unknown);
    assert.deepEqual(await ask(people.deactivated.handle, PASSWORD), unknown);
    const good = await it.call("auth.signIn", { handle: people.member.handle, password: PASSWORD });
    assert.equal(good.status, 200);
    assert.notEqual(cookieOf(good), "");
  }));
