/** POST /live/poll as the app serves it: who it is that polls. */
import assert from "node:assert/strict";
import { withApp } from "./with_app.ts";

const DAY_MS = 86_400_000;
const body = JSON.stringify({ v: 1, wait: 0, streams: { me: "now" } });

Deno.test("a token in the cookie is no sign-in, also while a poll by that token lingers", () =>
  withApp(async ({ ask, call, origin, setUp }) => {
    const { cookie } = await setUp();
    const { token } = await (await call("tokens.create", { name: "bot" }, { cookie })).json();
    const [name] = cookie.split("=");
    const poll = async (headers: Record<string, string>) =>
      (await ask("/live/poll", {
        method: "POST",
        body,
        headers: { origin, "content-type": "application/json", ...headers },
      })).status;
    assert.equal(await poll({ cookie: `${name}=${token}` }), 401);
    assert.equal(await poll({ authorization: `Bearer ${token}` }), 200);
    assert.equal(await poll({ cookie: `${name}=${token}` }), 401);
  }));

Deno.test("another person in X-Rivulet-As is 401, also where `as` names the right one", () =>
  withApp(async ({ ask, origin, setUp }) => {
    const { id, cookie } = await setUp();
    const headers = { origin, cookie, "content-type": "application/json" };
    const poll = async (as: string, header: string) =>
      (await ask(`/live/poll?as=${as}`, { method: "POST", body, headers: { ...headers, "x-rivulet-as": header } }))
        .status;
    assert.equal(await poll(id, id), 200);
    assert.equal(await poll(id, "somebodyelse"), 401);
    assert.equal(await poll("somebodyelse", id), 401);
  }));

Deno.test("a cookie whose end has moved is set once, not by each poll that goes on", () =>
  withApp(async ({ ask, clock, origin, setUp }) => {
    const { cookie } = await setUp();
    clock.now += 2 * DAY_MS;
    const headers = { origin, cookie, "content-type": "application/json" };
    const first = await ask("/live/poll", { method: "POST", body, headers });
    assert.equal(first.headers.getSetCookie().length, 1);
    const { streams } = await first.json();
    const next = await ask("/live/poll", { method: "POST", body: JSON.stringify({ v: 1, wait: 0, streams }), headers });
    assert.deepEqual([next.status, next.headers.getSetCookie()], [200, []]);
  }));
