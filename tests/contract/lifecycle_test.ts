/** Starting, ending sign-ins and draining, on the real server (lib/protocol/README.md §0, §1, §5). */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import { freePort, startServer } from "../support/server.ts";
import { within } from "../faults/within.ts";
import { assertOneLine, failedStart } from "./failed_start.ts";
import { openSocket } from "./socket.ts";
import { PASSWORD, withServer } from "./with_server.ts";

const SOON_MS = 5_000; // an ended session's connections close within this, and so does a draining process

const bad: [setting: string, value: string][] = [
  ["PORT", "notaport"],
  ["PORT", "65536"],
  ["PORT", "-1"],
  ["PUBLIC_URL", "chat.example"],
  ["PUBLIC_URL", "ftp://chat.example"],
  ["PUBLIC_URL", "https://chat.example/path"],
  ["TRUST_PROXY", "10.0.0.0/64"],
  ["TRUST_PROXY", "proxy.example"],
  ["LOG_LEVEL", "loud"],
  ["LIMITS", "perhaps"],
  ["KV_URL", "not a url"],
];

Deno.test("a setting that cannot be used ends the start with one line that names it", async (t) => {
  for (const [setting, value] of bad) {
    await t.step(`${setting}=${value}`, async () => {
      assertOneLine(await failedStart({ env: { [setting]: value } }), setting);
    });
  }
  await t.step("a PORT that is taken", async () => {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    assertOneLine(await failedStart({ port: listener.addr.port }).finally(() => listener.close()), "PORT");
  });
  await t.step("a DATA_DIR that is a file", async () => {
    const dataDir = await Deno.makeTempFile();
    assertOneLine(await failedStart({ dataDir }).finally(() => Deno.remove(dataDir)), "DATA_DIR");
  });
});

Deno.test("an empty setting counts as unset", async () => {
  const server = await startServer({ env: { PUBLIC_URL: "", TRUST_PROXY: "", LOG_LEVEL: "", LIMITS: "", KV_URL: "" } });
  await server.stop();
  assert.notEqual(server.token, undefined);
});

Deno.test("fault 15: every way of ending a sign-in says bye and closes its connections with 4401 within 5 s", async (t) => {
  await withServer(async ({ server, url, owner, call, done, join }) => {
    const enter = async (handle: string) => {
      const api = createApi(url);
      await done(api, "auth.signIn", { handle, password: PASSWORD });
      return api;
    };
    const person = await join("leaver");
    const { invite } = await owner.api.call("invites.create", { uses: 1 });
    const form = async (api: ReturnType<typeof createApi>) => {
      const body = new URLSearchParams({ handle: "leaver", password: PASSWORD });
      const response = await fetch(`${url}/sign-in`, {
        method: "POST",
        headers: api.headers(),
        body,
        redirect: "manual",
      });
      await response.body?.cancel();
      assert.equal(response.status, 303);
    };
    const ways: [what: string, end: (api: ReturnType<typeof createApi>, session: string) => Promise<unknown>][] = [
      ["sign-out", (api) => done(api, "auth.signOut", {})],
      ["sessions.revoke from elsewhere", async (_, session) => {
        await done(await enter("leaver"), "sessions.revoke", { session });
      }],
      ["changing the password elsewhere", async () => {
        await done(await enter("leaver"), "auth.changePassword", { current: PASSWORD, password: PASSWORD });
      }],
      ["sign-in as another in the same browser", (api) => api.signIn("noor", PASSWORD)],
      ["sign-in as the same by form", (api) => form(api)],
      ["joining in the same browser", (api) => {
        return done(api, "auth.signUp", { invite, name: "other", handle: "other", password: PASSWORD });
      }],
      ["deactivation", () => done(owner.api, "users.deactivate", { user: person.id })],
    ];
    for (const [what, end] of ways) {
      await t.step(what, async () => {
        const api = await enter("leaver");
        const socket = await openSocket(server, api);
        const other = await openSocket(server, owner.api);
        const { session } = await socket.frame("welcome");
        await end(api, session);
        const bye = await within(SOON_MS, "bye", socket.frame("bye"));
        assert.equal(bye.reason, "signed_out");
        assert(bye.retry >= 500 && bye.retry <= 5_000);
        assert.equal(await socket.closed(SOON_MS), 4401);
        await other.pong(); // others' connections stay
        await other.close();
      });
    }
    assert.equal((await call(person.api, "auth.me", {})).status, 401);
  });
});

for (const signal of ["SIGTERM", "SIGINT"] as const) {
  Deno.test(`${signal} drains: bye, 1012, polls answered, and the process ends with status 0 within 5 s`, async () => {
    await withServer(async ({ server, owner, member, url }) => {
      const socket = await openSocket(server, owner.api);
      await socket.pong();
      const theirs = { ...member.api.headers(), "content-type": "application/json" };
      const headers = { ...owner.api.headers(), "content-type": "application/json" };
      const body = JSON.stringify({ v: 1, streams: { feed: "now" }, wait: 0 });
      const { streams } = await (await fetch(`${url}/live/poll`, { method: "POST", headers, body })).json();
      const waiting = JSON.stringify({ v: 1, streams, wait: 25_000 });
      const poll = fetch(`${url}/live/poll`, { method: "POST", headers: theirs, body: waiting });
      socket.say({ t: "watch", users: [member.id] });
      for (let online = false; !online;) { // only a poll under way makes them so
        online = (await socket.frame("presence")).users[member.id] === "online";
      }
      const sse = await fetch(`${url}/live/sse?v=1&streams=feed`, { headers });
      const at = performance.now();
      Deno.kill(server.pid, signal);
      Deno.kill(server.pid, signal); // however often
      const bye = await socket.frame("bye");
      assert.equal(bye.reason, "restart");
      assert(bye.retry >= 500 && bye.retry <= 5_000);
      assert.equal(await socket.closed(), 1012);
      const answer = await poll;
      assert.equal(answer.status, 200);
      assert.deepEqual((await answer.json()).frames.map((frame: { t: string }) => frame.t), ["bye"]);
      assert.match(await sse.text(), /event: bye\n/);
      const { code } = await within(SOON_MS, "the process to end", server.ended);
      assert.equal(code, 0);
      assert(performance.now() - at < SOON_MS);
      assert.doesNotMatch(server.stderr(), /\berror\b/i);
    });
  });
}

Deno.test("what was acknowledged before a drain is there after the restart, and a session too", async () => {
  const dataDir = await Deno.makeTempDir({ prefix: "rivulet_restart_" });
  const port = freePort();
  try {
    const first = await startServer({ dataDir, port });
    const api = createApi(first.url);
    await api.setUp(first.token ?? "");
    const { rooms: [line] } = await api.call("rooms.list", {});
    const room = line?.room.id ?? "";
    const sent = await api.call("messages.send", { room, text: "before", key: "before-the-restart-1" });
    assert.equal((await first.kill("SIGTERM")).code, 0);
    const second = await startServer({ dataDir, port });
    assert.equal(second.token, undefined, "a workspace that is set up prints no token");
    const { messages } = await api.call("messages.list", { room });
    assert.deepEqual(messages, [sent.message]);
    await second.stop();
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});
