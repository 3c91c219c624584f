/** `node:http` behind the seam, over real connections: what it bounds, and what it must let be. */
import assert from "node:assert/strict";
import process from "node:process";
import type { Peer } from "../../../lib/server/http/env.ts";
import type { Listening } from "../../../lib/server/http/listening.ts";
import { serve } from "../../../lib/server/http/server.ts";
import type { Socket, Upgraded } from "../../../lib/server/http/upgrade.ts";
import { connectRaw, type NotUpgraded, upgradeRequest } from "../../support/raw_ws.ts";

const HOST = "127.0.0.1";
const bounds = { headMs: 200, requestMs: 400, lookMs: 20 };
const LATE_BODIES = 20; // more than the listeners that Node takes without a warning
const TRICKLE_MS = 20; // between two bytes of a slow client

const utf8 = new TextEncoder();

type Answer = (request: Request, peer: Peer) => Response | Promise<Response>;

async function withServer(answer: Answer, use: (server: Listening) => Promise<void>, more = {}): Promise<void> {
  const server = await serve({ host: HOST, port: 0, deploy: false, bounds: { ...bounds, ...more } }, answer);
  try {
    await use(server);
  } finally {
    await server.shutdown();
  }
}

/** Writes a beginning, then one byte after the other; gives what came until the server ended the connection. */
async function trickle(port: number, beginning: string, byte = ""): Promise<string> {
  using conn = await Deno.connect({ hostname: HOST, port });
  await conn.write(utf8.encode(beginning));
  const more = byte && setInterval(() => conn.write(utf8.encode(byte)).catch(() => {}), TRICKLE_MS);
  let text = "";
  const part = new Uint8Array(4_096);
  try {
    for (let count; (count = await conn.read(part)) !== null;) {
      text += new TextDecoder().decode(part.subarray(0, count));
    }
  } catch {
    // The line was reset.
  }
  clearInterval(more || undefined);
  return text;
}

async function whole(port: number, request: string): Promise<string> {
  using conn = await Deno.connect({ hostname: HOST, port });
  await conn.write(utf8.encode(request));
  return await new Response(conn.readable).text();
}

Deno.test("a connection that sends nothing, or a head that never ends, is ended", async () => {
  const answered: string[] = [];
  await withServer((request) => {
    answered.push(request.url);
    return new Response();
  }, async ({ port }) => {
    assert.doesNotMatch(await trickle(port, ""), / 200 /);
    assert.doesNotMatch(await trickle(port, "", "G"), / 200 /);
    assert.doesNotMatch(await trickle(port, "GET / HTTP/1.1\r\nHost: a\r\nx: ", "y"), / 200 /);
    assert.doesNotMatch(await trickle(port, `GET / HTTP/1.1\r\nHost: a\r\nx: ${"y".repeat(40_000)}\r\n\r\n`), / 200 /);
    assert.deepEqual(answered, []);
  });
});

Deno.test("a body that never ends is ended, with a length or without", async () => {
  const failed: unknown[] = [];
  const read: Answer = async (request) => {
    await (request.headers.has("content-length") ? request.arrayBuffer() : request.body?.getReader().closed)
      ?.catch((error) => failed.push(error));
    return new Response();
  };
  await withServer(read, async ({ port }) => {
    await trickle(port, "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n", "y");
    await trickle(port, "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "1\r\ny\r\n");
    assert.equal(failed.length, 2);
  });
});

Deno.test("and so is one whose request is answered before it has come", async () => {
  await withServer(() => new Response("no", { status: 403 }), async ({ port }) => {
    for (const [head, byte] of [["Content-Length: 1000", "y"], ["Transfer-Encoding: chunked", "1\r\ny\r\n"]] as const) {
      assert.match(await trickle(port, `POST / HTTP/1.1\r\nHost: a\r\n${head}\r\n\r\n`, byte), /403/);
    }
  });
});

Deno.test("bodies that come behind their answers, one after the other, leave nothing on their connection", async () => {
  const warnings: Error[] = [];
  const warned = (it: Error) => void warnings.push(it);
  process.on("warning", warned);
  await withServer(() => new Response("no", { status: 403 }), async ({ port }) => {
    using conn = await Deno.connect({ hostname: HOST, port });
    const part = new Uint8Array(4_096);
    for (let at = 0; at < LATE_BODIES; at++) {
      await conn.write(utf8.encode("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n"));
      for (let text = ""; !text.endsWith("no");) {
        text += new TextDecoder().decode(part.subarray(0, await conn.read(part) ?? assert.fail("it was ended")));
      }
      await conn.write(utf8.encode("yy"));
    }
  }, { requestMs: 20_000 });
  process.off("warning", warned);
  assert.deepEqual(warnings, []);
});

Deno.test("an answer that waits, a stream and a socket live on past those bounds", async () => {
  const due = Promise.withResolvers<Response>();
  let stream: ReadableStreamDefaultController<Uint8Array> | undefined;
  const answer: Answer = (request, peer) => {
    if (request.url.endsWith("/wait")) return due.promise;
    if (request.url.endsWith("/ws")) return echo(peer);
    void peer.completed;
    return new Response(new ReadableStream({ start: (it) => void (stream = it) }));
  };
  await withServer(answer, async ({ port }) => {
    const url = `http://${HOST}:${port}`;
    const waiting = fetch(`${url}/wait`, { method: "POST", body: "{}" });
    const streaming = await fetch(`${url}/stream`);
    const socket = await connectRaw({ port, path: "/ws" });
    await trickle(port, "");
    await trickle(port, "POST /ws HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n", "y");
    due.resolve(new Response("late"));
    assert.equal(await (await waiting).text(), "late");
    stream?.enqueue(utf8.encode("still"));
    stream?.close();
    assert.equal(await streaming.text(), "still");
    await socket.send("here");
    assert.equal(await socket.next(), "here");
    await socket.close();
    assert.equal((await socket.closed).code, 1000);
  });
});

function echo(peer: Peer, opened = (_socket: Socket) => {}, closed = () => {}): Response {
  let upgraded: Upgraded | undefined;
  try {
    upgraded = peer.upgrade?.();
  } catch {
    // No proper one.
  }
  if (!upgraded) return new Response("no upgrade", { status: 400 });
  const { response, socket, hear } = upgraded;
  hear({ opened: () => opened(socket), text: (text) => socket.send(text), binary() {}, tooBig() {}, closed });
  return response;
}

Deno.test("a socket that answers no ping is ended, one that does is not", async () => {
  let ends = 0;
  await withServer((_, peer) => echo(peer, undefined, () => void ends++), async ({ port }) => {
    const good = await connectRaw({ port, path: "/" });
    assert.match(await whole(port, new TextDecoder().decode(upgradeRequest({ port, path: "/" }))), /^HTTP\/1.1 101 /);
    assert.equal(ends, 1);
    await good.send("here");
    assert.equal(await good.next(), "here");
    await good.close();
    await good.closed;
  }, { pingMs: 100 });
});

Deno.test("texts of every length of a frame's head come whole, in order, to each socket", async () => {
  const texts = ["", "é", "x".repeat(125), "x".repeat(126), "é".repeat(40_000), "z".repeat(1_200_000), "x".repeat(126)];
  const opened = (socket: Socket) => texts.forEach((text) => socket.send(text));
  await withServer((_, peer) => echo(peer, opened), async ({ port }) => {
    for (const path of ["/a", "/b"]) {
      const socket = await connectRaw({ port, path });
      for (const text of texts) assert.equal(await socket.next(), text);
      socket.drop();
    }
  });
});

Deno.test("an upgrade is refused as over HTTP, and the line ends", async () => {
  const refuse: Answer = () => new Response(`{"code":"x"}`, { status: 401, headers: { "x-a": "1" } });
  await withServer(refuse, async ({ port }) => {
    await assert.rejects(connectRaw({ port, path: "/" }), (error: NotUpgraded) => {
      assert.deepEqual([error.status, error.body], [401, `{"code":"x"}`]);
      assert.match(error.head, /^x-a: 1\r$/m);
      return true;
    });
    const asked = new TextDecoder().decode(upgradeRequest({ port, path: "/" }));
    assert.match(await whole(port, asked), /401[^]*connection: close[^]*"x"/i); // read to the end of the line
  });
  await withServer((_, peer) => echo(peer), async ({ port }) => {
    const asked = new TextDecoder().decode(upgradeRequest({ port, path: "/" }));
    assert.match(await whole(port, asked.replace("Version: 13", "Version: 7")), /^HTTP\/1.1 400 [^]*no upgrade$/);
    const h2 =
      "POST / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\nContent-Length: 2\r\n\r\nab";
    assert.match(await whole(port, h2), /^HTTP\/1.1 400 [^]*no upgrade$/);
  });
});
