/** What goes to `fetch` and back over `node:http`: requests, answers, streams, and clients that go away. */
import assert from "node:assert/strict";
import type { Peer } from "../../../lib/server/http/env.ts";
import type { CannotListen, Listening } from "../../../lib/server/http/listening.ts";
import { serve } from "../../../lib/server/http/server.ts";

const HOST = "127.0.0.1";
const CHUNK = new Uint8Array(65_536);
const HELD_MAX = 16 * 1024 * 1024; // bytes of buffers, the kernel's with them, for a client that reads slowly
const SLOW_READ = 4_096; // bytes
const READ_MAX = 4 * 1024 * 1024; // bytes

const utf8 = new TextEncoder();

type Answer = (request: Request, peer: Peer) => Response | Promise<Response>;

async function withServer(answer: Answer, use: (url: string, server: Listening) => Promise<void>, host = HOST) {
  const server = await serve({ host, port: 0, deploy: false }, answer);
  try {
    await use(`http://${host.includes(":") ? `[${host}]` : host}:${server.port}`, server);
  } finally {
    await server.shutdown();
  }
}

/** Says a request line by line, and reads to the end of the connection. */
async function said(url: string, lines: string[], body = ""): Promise<string> {
  using conn = await Deno.connect({ hostname: HOST, port: Number(new URL(url).port) });
  await conn.write(utf8.encode(`${[...lines, "Connection: close"].join("\r\n")}\r\n\r\n${body}`));
  return await new Response(conn.readable).text();
}

Deno.test("a request comes with its method, URL, headers, body and peer", async () => {
  const tell: Answer = async (request, peer) => {
    const { method, url, headers, body } = request;
    const bodyLength = headers.has("content-length")
      ? new TextDecoder().decode(await request.arrayBuffer())
      : await new Response(body).text();
    return Response.json([
      method,
      url,
      headers.get("x-a"),
      headers.get("cookie"),
      bodyLength,
      peer.remoteAddr?.hostname,
    ]);
  };
  await withServer(tell, async (url) => {
    const heard = async (lines: string[], body?: string) =>
      JSON.parse((await said(url, lines, body)).split("\r\n\r\n")[1] ?? "");
    const twice = ["X-A: 1", "X-A: 2", "Cookie: a=1", "Cookie: b=2"];
    assert.deepEqual(await heard(["GET /a//../%20?b=%C3%A4 HTTP/1.1", "Host: chat.test:80", ...twice]), [
      ...["GET", "http://chat.test:80/a//../%20?b=%C3%A4", "1, 2", "a=1; b=2", "", HOST],
    ]);
    assert.deepEqual(await heard(["POST / HTTP/1.1", "Host: [::1]:8000", "Content-Length: 3"], "ä!"), [
      ...["POST", "http://[::1]:8000/", null, null, "ä!", HOST],
    ]);
    const chunked = ["POST / HTTP/1.1", "Host: a", "Transfer-Encoding: chunked"];
    assert.equal((await heard(chunked, "1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"))[4], "abc");
    for (const host of ["a/b", "a?b", "a b", "x:99999/"]) { // makes no other path of the URL
      assert.equal((await heard(["GET /c HTTP/1.1", `Host: ${host}`]))[1], "http://localhost/c");
    }
    assert.equal((await heard(["GET http://b.test/d?e HTTP/1.1", "Host: a"]))[1], "http://b.test/d?e");
  });
});

Deno.test("an answer goes out with its status, headers and length; each cookie on a line; HEAD and 304 without a body", async () => {
  const answer: Answer = ({ method, url }) => {
    if (url.endsWith("/none")) return new Response(null, { status: 304, headers: { etag: "x" } });
    const response = new Response(method === "HEAD" ? null : "é", { status: 201, headers: { "x-a": "1" } });
    for (const cookie of ["a=1", "b=2"]) response.headers.append("set-cookie", cookie);
    return response;
  };
  await withServer(answer, async (url) => {
    const text = await said(url, ["GET / HTTP/1.1", "Host: a"]);
    assert.match(text, /^HTTP\/1.1 201 Created\r\n[^]*\r\n\r\né$/);
    for (const line of ["x-a: 1", "set-cookie: a=1", "set-cookie: b=2", "content-length: 2"]) {
      assert(text.includes(`\r\n${line}\r\n`), line);
    }
    for (const lines of [["HEAD / HTTP/1.1", "Host: a"], ["GET /none HTTP/1.1", "Host: a"]]) {
      const bare = await said(url, lines);
      assert.match(bare, /\r\n\r\n$/);
      assert.doesNotMatch(bare, /content-length|transfer-encoding/i);
    }
    assert.match(await said(url, ["GET / HTTP/1.0"]), /^HTTP\/1.1 201 [^]*é$/); // as nginx speaks to what is behind it
  });
});

Deno.test("a request whose client goes away is aborted, one that was answered is not", async () => {
  const aborted = Promise.withResolvers<void>();
  const asked = Promise.withResolvers<void>();
  const signals: AbortSignal[] = [];
  const answer: Answer = async ({ url, signal }) => {
    signals.push(signal);
    if (url.endsWith("/at-once")) return new Response("x");
    signal.addEventListener("abort", () => aborted.resolve());
    asked.resolve();
    await aborted.promise;
    return new Response("nobody reads this");
  };
  await withServer(answer, async (url) => {
    await (await fetch(`${url}/at-once`)).text();
    const conn = await Deno.connect({ hostname: HOST, port: Number(new URL(url).port) });
    await conn.write(utf8.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    await asked.promise;
    conn.close();
    await aborted.promise;
    assert.deepEqual(signals.map(({ aborted }) => aborted), [false, true]);
  });
});

Deno.test("a stream is read as fast as its client reads, and cancelled when the client goes", async () => {
  let given = 0;
  const cancelled = Promise.withResolvers<void>();
  const completed = Promise.withResolvers<void>();
  const answer: Answer = (_, peer) => {
    peer.completed?.then(completed.resolve);
    return new Response(
      new ReadableStream<Uint8Array>({
        pull(out) {
          given += CHUNK.length;
          out.enqueue(CHUNK);
          if (given > READ_MAX + 2 * HELD_MAX) out.close(); // it is read as if nobody had to take it
        },
        cancel: () => cancelled.resolve(),
      }, { highWaterMark: 0 }),
    );
  };
  await withServer(answer, async (url) => {
    using conn = await Deno.connect({ hostname: HOST, port: Number(new URL(url).port) });
    await conn.write(utf8.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    const some = new Uint8Array(SLOW_READ);
    for (let read = 0; read < READ_MAX;) {
      read += await conn.read(some) ?? READ_MAX;
      assert(given - read < HELD_MAX, `${given} bytes were taken for a client that had read ${read}`);
    }
    conn.close();
    await Promise.all([cancelled.promise, completed.promise]);
  });
});

Deno.test("a stream that is given up ends its connection, though its client reads nothing", async () => {
  const completed = Promise.withResolvers<void>();
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  const answer: Answer = (_, peer) => {
    peer.completed?.then(completed.resolve);
    return new Response(
      new ReadableStream<Uint8Array>({
        start: (it) => void (out = it),
        pull: (it) => it.enqueue(CHUNK),
      }, { highWaterMark: 0 }),
    );
  };
  await withServer(answer, async (url) => {
    using conn = await Deno.connect({ hostname: HOST, port: Number(new URL(url).port) });
    await conn.write(utf8.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    await conn.read(new Uint8Array(1_024));
    out?.error(new Error("not read"));
    await completed.promise;
  });
});

Deno.test("where it cannot listen it says which setting is at fault; an IPv6 host is one like any", async () => {
  await withServer(() => new Response("six"), async (url, { port }) => {
    assert.equal(await (await fetch(url)).text(), "six");
    const again = (host: string) => serve({ host, port, deploy: false }, () => new Response());
    await assert.rejects(again("::1"), (error: CannotListen) => error.setting === "PORT");
    await assert.rejects(again("192.0.2.1"), (error: CannotListen) => error.setting === "HOST");
    await assert.rejects(again("no.such.host.invalid"), (error: CannotListen) => error.setting === "HOST");
  }, "::1");
});

Deno.test("what goes down waits for the answers under way, and for no connection that is kept alive", async () => {
  let out: ReadableStreamDefaultController<Uint8Array> | undefined;
  const answer: Answer = ({ url }, peer) => {
    if (!url.endsWith("/stream")) return new Response("x");
    void peer.completed;
    return new Response(new ReadableStream({ start: (it) => void (out = it) }));
  };
  await withServer(answer, async (url, server) => {
    using idle = await Deno.connect({ hostname: HOST, port: server.port });
    await idle.write(utf8.encode("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
    await idle.read(new Uint8Array(1_024));
    const stream = await fetch(`${url}/stream`);
    const down = server.shutdown();
    out?.enqueue(utf8.encode("last"));
    out?.close();
    assert.equal(await stream.text(), "last");
    await down;
  });
});
