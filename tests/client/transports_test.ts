import assert from "node:assert/strict";
import { createWsTransport } from "../../lib/client/transports/ws.ts";
import { createPost, createProbe } from "../../lib/client/connection/post.ts";
import { problems } from "../../lib/protocol/errors.ts";
import type { ServerFrame } from "../../lib/protocol/frames.ts";
import { user } from "./samples.ts";

/** A server on a free port of this machine, and its origin. */
function serve(handler: (request: Request) => Response | Promise<Response>) {
  const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, handler);
  return { origin: `http://127.0.0.1:${server.addr.port}`, [Symbol.asyncDispose]: () => server.shutdown() };
}

Deno.test("the WebSocket transport says who and which version, carries frames both ways and reports the close code", async () => {
  const heard: unknown[] = [];
  let asked = "";
  await using server = serve((request) => {
    const url = new URL(request.url);
    asked = url.pathname + url.search;
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => {
      socket.send("not a frame");
      socket.send(JSON.stringify({ t: "pong", id: 7 }));
    };
    socket.onmessage = (event) => {
      heard.push(JSON.parse(event.data));
      socket.close(4001);
    };
    return response;
  });
  const frames: ServerFrame[] = [];
  const closed = Promise.withResolvers<number>();
  const connection = createWsTransport(server.origin, "u 1").connect({
    frame(frame) {
      frames.push(frame);
      connection.send({ t: "ping", id: 8 });
    },
    closed: closed.resolve,
  });
  assert.equal(await closed.promise, 4001);
  assert.equal(asked, "/live/ws?v=1&as=u%201");
  assert.deepEqual(frames, [{ t: "pong", id: 7 }]);
  assert.deepEqual(heard, [{ t: "ping", id: 8 }]);
});

Deno.test("a refused upgrade is a close without a reason", async () => {
  await using server = serve(() => new Response("", { status: 401 }));
  const closed = Promise.withResolvers<number>();
  createWsTransport(server.origin, "me").connect({ frame: () => {}, closed: closed.resolve });
  assert.equal(await closed.promise, 1006);
});

Deno.test("post() names the person, and gives the parsed result", async () => {
  let as: string | null = "";
  await using server = serve(async (request) => {
    as = request.headers.get("x-rivulet-as");
    const { ids } = await request.json();
    return Response.json({ users: [user(ids[0])] });
  });
  const post = createPost({ me: "me", fetch: (path, init) => fetch(server.origin + path, init) });
  assert.deepEqual(await post("users.get", { ids: ["ann"] }), { users: [user("ann")] });
  assert.equal(as, "me");
});

Deno.test("post() throws the server's problem, also one that a proxy made, and unavailable when nobody answers", async () => {
  const answers = [
    Response.json({ type: "about:blank", ...problems.forbidden, code: "forbidden", detail: "No" }, { status: 403 }),
    new Response("<h1>Bad gateway</h1>", { status: 502 }),
    Response.json({ users: "?" }),
  ];
  const post = createPost({
    me: "me",
    fetch: () => Promise.resolve(answers.shift()).then((it) => it ?? Promise.reject(new TypeError("refused"))),
  });
  const get = () => post("users.get", { ids: [] });
  await assert.rejects(get(), { code: "forbidden", detail: "No" });
  await assert.rejects(get(), { code: "unavailable" });
  await assert.rejects(get(), { code: "internal" });
  await assert.rejects(get(), { code: "unavailable" });
});

for (
  const [status, answer] of [[200, "ok"], [401, "signed_out"], [503, "unavailable"], [429, "unavailable"]] as const
) {
  Deno.test(`the probe reports ${answer} for ${status}`, async () => {
    const probe = createProbe({ me: "me", fetch: () => Promise.resolve(new Response("{}", { status })) });
    assert.equal(await probe(), answer);
  });
}

Deno.test("the probe reports that nobody is reachable", async () => {
  assert.equal(await createProbe({ me: "me", fetch: () => Promise.reject(new TypeError("no")) })(), "unreachable");
});
