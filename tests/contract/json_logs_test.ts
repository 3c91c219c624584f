/** LOG_FORMAT=json on the real server: each line is an object, names its request, and has no secret and no body. */
import assert from "node:assert/strict";
import * as z from "zod/mini";
import { createApi } from "../support/api.ts";
import { openSocket } from "./socket.ts";
import { PASSWORD, textIn, withServer } from "./with_server.ts";

const METRICS_TOKEN = "a-token-for-prometheus";
const SETUP_TOKEN = "a-token-for-the-first-run";

const line = z.object({
  "@timestamp": z.iso.datetime(),
  level: z.enum(["DEBUG", "INFO", "WARN", "ERROR"]),
  message: z.string(),
  logger: z.string(),
  requestId: z.optional(z.string()),
  path: z.optional(z.string()),
  status: z.optional(z.number()),
});

Deno.test("with LOG_FORMAT=json every request is a line of JSON with its id, and nothing secret is in any", async () => {
  await withServer(async ({ server, url, owner, member, done, call }) => {
    const ids: string[] = [];
    const note = (response: Response) => ids.push(response.headers.get("x-request-id") ?? "none");
    const { room } = Object(await done(owner.api, "rooms.create", { name: "quiet", visibility: "public" }));
    const message = { room: room.id, text: "a body that is nobody's business", key: crypto.randomUUID() };
    note((await call(owner.api, "messages.send", message)).response);
    note((await call(owner.api, "messages.send", { room: room.id, text: "", key: message.key })).response);
    const token = textIn(await done(owner.api, "tokens.create", { name: "bot", expiresIn: 1 }), "token");
    const feed = textIn(await done(owner.api, "feedTokens.rotate", {}), "json");
    const invite = textIn(await done(owner.api, "invites.create", { uses: 1 }), "invite");
    const visitor = createApi(url);
    const asked: [path: string, headers: Record<string, string>][] = [
      ["/", owner.api.headers()],
      [`/join/${invite}`, {}],
      [new URL(feed).pathname + new URL(feed).search, {}],
      [`/welcome?token=${SETUP_TOKEN}`, {}],
      ["/metrics", { authorization: `Bearer ${METRICS_TOKEN}` }],
      ["/openapi.json", { authorization: `Bearer ${token}` }],
    ];
    for (const [path, headers] of asked) {
      const response = await fetch(url + path, { headers, redirect: "manual" });
      note(response);
      await response.body?.cancel();
    }
    note((await call(visitor, "auth.signIn", { handle: "noor", password: "not the right one" })).response);
    note((await call(visitor, "auth.signIn", { handle: "noor", password: PASSWORD })).response);
    const socket = await openSocket(server, member.api);
    await socket.call("rooms.join", { room: room.id });
    const said = "what is said on a socket";
    await socket.call("messages.send", { room: room.id, text: said, key: crypto.randomUUID() });
    await socket.raw.send("what is no frame");
    await socket.closed();
    await server.kill("SIGTERM");

    const lines = server.stderr().trim().split("\n").map((it) => line.parse(JSON.parse(it)));
    for (const id of ids) {
      assert.equal(lines.filter(({ requestId }) => requestId === id).length, 1, `lines of ${id}`);
    }
    const refused = lines.find(({ requestId }) => requestId === ids[1]);
    assert.deepEqual([refused?.path, refused?.status], ["/api/messages.send", 400]);
    assert(lines.every(({ requestId, path }) => path === undefined || requestId));
    const secrets = [message.text, said, "what is no frame", PASSWORD, "not the right one", token, invite];
    const cookies = [owner, member].map(({ api }) => api.cookie().split("=")[1] ?? "");
    const inFeed = new URL(feed).searchParams.get("token") ?? "";
    for (
      const secret of [...secrets, ...cookies, visitor.cookie().split("=")[1] ?? "", inFeed, METRICS_TOKEN, SETUP_TOKEN]
    ) {
      assert(secret.length > 8 && !server.stderr().includes(secret), `${secret} is in the log`);
    }
  }, { LOG_FORMAT: "json", LOG_LEVEL: "debug", METRICS_TOKEN, SETUP_TOKEN });
});
