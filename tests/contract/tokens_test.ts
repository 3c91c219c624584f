/**
 * Following and calling from outside, with a personal access token, on the real server (lib/protocol/README.md §1, §5).
 */
import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { within } from "../faults/within.ts";
import { connectRaw, NotUpgraded } from "../support/raw_ws.ts";
import { at, type Contact, shareServer, textIn } from "./with_server.ts";

const withShared = shareServer();
const SOON_MS = 5_000; // an ended token's connections close within this
const POSTS = [...Object.keys(commands).map((name) => `/api/${name}`), "/live/poll", "/sign-out", "/settings/tokens"];

async function newToken({ done, owner }: Contact, name = "flood alerts"): Promise<{ id: string; token: string }> {
  const made = await done(owner.api, "tokens.create", { name });
  return { id: textIn(made, "id"), token: textIn(made, "token") };
}

/** What `curl -N` gets, up to what ends it: `enough`, or the end of the stream. */
async function curl(args: string[], enough: (out: string) => boolean): Promise<{ out: string; ended: boolean }> {
  const child = new Deno.Command("curl", { args: ["-sS", "-N", ...args], stdout: "piped", stderr: "inherit" }).spawn();
  let out = "";
  for await (const part of child.stdout.pipeThrough(new TextDecoderStream())) {
    out += part;
    if (!enough(out)) continue;
    child.kill("SIGTERM");
    await child.status;
    return { out, ended: false };
  }
  await child.status;
  return { out, ended: true };
}

Deno.test("curl -N with a Bearer token follows a room, resumes by its last id, and ends with its token", () =>
  withShared(async (contact) => {
    const { url, owner, done } = contact;
    const { id, token } = await newToken(contact);
    const made = await done(owner.api, "rooms.create", { name: "gauges", visibility: "public" });
    const room = textIn(made, "room", "id");
    const send = (text: string) =>
      done(owner.api, "messages.send", { room, text, key: crypto.randomUUID().replaceAll("-", "") });
    const args = ["-H", `Authorization: Bearer ${token}`, `${url}/live/sse?v=1&streams=room:${room}`];

    let sent: Promise<unknown> | undefined;
    const first = await within(
      SOON_MS,
      "the event",
      curl(args, (out) => {
        if (out.includes("event: followed")) sent ??= send("up 20 cm");
        return /event: events\n[^]*up 20 cm[^]*\n\n/.test(out);
      }),
    );
    await sent;
    assert.match(first.out, /^retry: \d{4}\n/);
    assert.match(first.out, /event: welcome\n/);
    await send("while away");
    const last = [...first.out.matchAll(/^id: (.+)$/gm)].at(-1)?.[1] ?? "";
    const resumed = ["-H", `Last-Event-ID: ${last}`, ...args];
    const second = await within(SOON_MS, "the missed event", curl(resumed, (out) => /while away[^]*\n\n/.test(out)));
    assert(!second.out.includes("up 20 cm"), "nothing twice");

    let revoked: Promise<unknown> | undefined;
    let at = 0;
    const third = await within(
      SOON_MS * 2,
      "the end",
      curl(args, (out) => {
        if (out.includes("event: followed")) {
          at ||= performance.now();
          revoked ??= done(owner.api, "tokens.revoke", { id });
        }
        return false;
      }),
    );
    await revoked;
    assert.match(third.out, /event: bye\ndata: .*signed_out/);
    assert.equal(third.ended, true);
    assert(performance.now() - at < SOON_MS, "within 5 s");
    const after = await curl(["-w", "%{http_code}", "-o", "/dev/null", ...args], () => false);
    assert.equal(after.out, "401");
  }));

Deno.test("revoking a token ends its socket with 4401 and its polls with 401 within 5 s, not its person's session", () =>
  withShared(async (contact) => {
    const { server, url, owner, done, call } = contact;
    const { id, token } = await newToken(contact);
    const headers = { authorization: `Bearer ${token}` };
    const raw = await connectRaw({ port: server.port, path: "/live/ws?v=1", headers });
    const welcome = JSON.parse(await raw.next());
    assert.deepEqual([welcome.user.id, welcome.session], [owner.id, id]);
    await raw.send(JSON.stringify({ t: "call", id: 1, name: "tokens.create", body: { name: "child" } }));
    await raw.send(JSON.stringify({ t: "call", id: 2, name: "auth.me", body: {} }));
    const replies = new Map<number, unknown>();
    while (replies.size < 2) {
      const frame = JSON.parse(await raw.next());
      if (frame.t === "reply") replies.set(frame.id, frame);
    }
    assert.equal(at(replies.get(1), "error", "code"), "forbidden");
    assert.equal(at(replies.get(2), "result", "user", "id"), owner.id);

    const ask = (streams: unknown, wait: number) =>
      fetch(`${url}/live/poll`, {
        method: "POST",
        headers: { ...headers, "content-type": "application/json" },
        body: JSON.stringify({ v: 1, streams, wait }),
      });
    const { streams } = await (await ask({ feed: "now" }, 0)).json();
    const waiting = ask(streams, 25_000);
    const online = call(owner.api, "sessions.list", {}); // the poll is on its way before this is answered
    await online;
    await done(owner.api, "tokens.revoke", { id });
    const [closed, poll] = await within(SOON_MS, "both to end", Promise.all([raw.closed, waiting]));
    assert.equal(closed.code, 4401);
    assert.equal(poll.status, 401);
    await poll.body?.cancel();
    assert.equal((await call(owner.api, "auth.me", {})).status, 200);
  }));

Deno.test("with a token too, a wrong Origin is 403 before anything else, on every POST and the upgrade", () =>
  withShared(async (contact) => {
    const { server: { port }, url, owner, call } = contact;
    const { token } = await newToken(contact);
    const authorization = `Bearer ${token}`;
    for (
      const origin of ["null", "http://evil.test", `http://127.0.0.1.evil.test:${port}`, `http://127.0.0.1:${port}0`]
    ) {
      for (const path of POSTS) {
        const headers = { authorization, origin, "content-type": "application/json" };
        const response = await fetch(url + path, { method: "POST", body: "{}", headers, redirect: "manual" });
        await response.body?.cancel();
        assert.equal(response.status, 403, `${path} from ${origin}`);
      }
      await assert.rejects(
        connectRaw({ port, path: "/live/ws?v=1", headers: { authorization, origin } }),
        (error) => error instanceof NotUpgraded && error.status === 403,
      );
    }
    const line = await connectRaw({ port, path: "/live/ws?v=1", headers: { authorization, origin: url } });
    line.drop();
    await line.closed;
    assert.equal((await call(owner.api, "auth.me", {})).status, 200);
  }));
