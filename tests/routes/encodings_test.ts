/** ETags and what `If-None-Match` says of them, asked of a real socket: the runtime compresses, and changes tags. */
import assert from "node:assert/strict";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { notModified } from "../../lib/server/http/etag.ts";
import { readManifest } from "../../lib/build/manifest.ts";
import { withApp } from "./with_app.ts";

const ACCEPTED = ["", "identity", "gzip", "br", "gzip, deflate, br", "gzip, deflate, br, zstd", "gzip;q=0.1, br;q=0"];
const MORE = [
  "x-gzip",
  "BR",
  "*",
  "deflate",
  "br;q=0, gzip;q=0.000",
  "identity;q=1, gzip;q=0.5",
  "gzip;q=1.0, br;q=0.2",
];

interface Answer {
  status: number;
  headers: Headers;
  body: Uint8Array<ArrayBuffer>;
}

/** As it is on the wire: `fetch` would undo the encoding. */
async function get(port: number, path: string, headers: [string, string][]): Promise<Answer> {
  using conn = await Deno.connect({ port });
  const lines = [`GET ${path} HTTP/1.1`, `Host: localhost:${port}`, "Connection: close"];
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`));
  await conn.write(new TextEncoder().encode(lines.join("\r\n") + "\r\n\r\n"));
  const bytes = new Uint8Array(await new Response(conn.readable).arrayBuffer());
  const text = new TextDecoder("latin1").decode(bytes);
  const end = text.indexOf("\r\n\r\n");
  const [first = "", ...rest] = text.slice(0, end).split("\r\n");
  const answer = new Headers(rest.map((line): [string, string] => {
    const at = line.indexOf(":");
    return [line.slice(0, at), line.slice(at + 1).trim()];
  }));
  return { status: Number(first.split(" ")[1]), headers: answer, body: unchunked(bytes.slice(end + 4), answer) };
}

function unchunked(bytes: Uint8Array<ArrayBuffer>, headers: Headers): Uint8Array<ArrayBuffer> {
  if (headers.get("transfer-encoding") !== "chunked") return bytes;
  const pieces: number[] = [];
  for (let at = 0;;) {
    const end = bytes.indexOf(10, at);
    const size = parseInt(new TextDecoder().decode(bytes.slice(at, end)), 16);
    if (size === 0) return Uint8Array.from(pieces);
    pieces.push(...bytes.slice(end + 1, end + 1 + size));
    at = end + 1 + size + 2;
  }
}

function decoded({ headers, body }: Answer): string {
  const encoding = headers.get("content-encoding");
  return new TextDecoder().decode(
    encoding === "br" ? brotliDecompressSync(body) : encoding === "gzip" ? gunzipSync(body) : body,
  );
}

/** The app behind the runtime's server, as main.ts serves it; `paths` have ETags. */
async function withPaths(body: (port: number, paths: string[]) => Promise<void>): Promise<void> {
  await withApp(async ({ app, call, setUp }) => {
    const { cookie } = await setUp();
    const { token } = await (await call("feedTokens.rotate", {}, { cookie })).json();
    const made = await readManifest();
    assert(made, "run `deno task build` first");
    const scripts = Object.values(made.pages).flatMap((it) => it.scripts);
    const files = [...scripts, made.style, ...Object.keys(made.files).filter((name) => name.endsWith(".svg"))];
    const options = { hostname: "127.0.0.1", port: 0, automaticCompression: true, onListen() {} };
    const server = Deno.serve(options, (request, info) => app.fetch(request, info));
    const paths = [`/feed.json?token=${token}`, `/feed.atom?token=${token}`, ...files.map((name) => `/assets/${name}`)];
    try {
      await body(server.addr.port, paths);
    } finally {
      await server.shutdown();
    }
  });
}

Deno.test("one ETag serves one encoding, on assets and feeds, whatever the reader accepts", () =>
  withPaths(async (port, paths) => {
    for (const path of paths) {
      const encodings = new Map<string, string>();
      const texts = new Set<string>();
      for (const accepted of [...ACCEPTED, ...MORE]) {
        const answer = await get(port, path, accepted === "" ? [] : [["Accept-Encoding", accepted]]);
        const encoding = answer.headers.get("content-encoding") ?? "identity";
        const etag = answer.headers.get("etag") ?? "";
        assert.equal(answer.status, 200);
        assert.match(etag, /^(W\/)?"[^"]+"$/);
        assert.match(answer.headers.get("vary") ?? "", /accept-encoding/i);
        // Weak or not: two tags that differ only in that are one to whoever compares weakly.
        const opaque = etag.replace(/^W\//, "");
        assert.equal(encodings.get(opaque) ?? encoding, encoding, `${path}: ${etag} for ${accepted}`);
        encodings.set(opaque, encoding);
        texts.add(decoded(answer));
      }
      assert.deepEqual([...encodings.values()].sort(), ["br", "gzip", "identity"], path);
      assert.equal(texts.size, 1, path);
    }
  }));

Deno.test("what a reader has of the encoding that it would get is 304, and nothing else is", () =>
  withPaths(async (port, paths) => {
    for (const path of paths) {
      const tags = [];
      for (const accepted of ["identity", "gzip", "br"]) {
        const accept: [string, string] = ["Accept-Encoding", accepted];
        const etag = (await get(port, path, [accept])).headers.get("etag") ?? "";
        const bare = etag.replace(/^W\//, "");
        tags.push({ accept, etag, bare });
        const forms = [bare, `W/${bare}`, `"x", ${etag}`, `"a,b",${etag} , "c"`, `  ${etag}  `, "*", " * "];
        for (const form of forms) {
          const known = await get(port, path, [accept, ["If-None-Match", form]]);
          assert.deepEqual([known.status, known.headers.get("etag")], [304, etag], `${path}: ${form}`);
          assert.match(known.headers.get("vary") ?? "", /accept-encoding/i);
          assert(known.headers.has("cache-control"));
          assert.equal(known.body.length, 0);
        }
        const lines: [string, string][] = [accept, ["If-None-Match", '"x"'], ["If-None-Match", etag]];
        assert.equal((await get(port, path, lines)).status, 304, "in two lines");
        for (const other of ['"x"', bare.slice(1, -1), '"*"', "", `"${bare.slice(1, -2)}"`]) {
          assert.equal((await get(port, path, [accept, ["If-None-Match", other]])).status, 200, `${path}: ${other}`);
        }
      }
      for (const { accept } of tags) {
        const others = tags.filter((it) => it.accept !== accept).map(({ etag }) => etag).join(", ");
        assert.equal((await get(port, path, [accept, ["If-None-Match", others]])).status, 200, "of other encodings");
      }
    }
  }));

Deno.test("notModified() compares weakly, and takes commas in a tag for what they are", () => {
  for (
    const [header, etag] of [['"a,b"', '"a,b"'], ['W/"a"', '"a"'], ['"a"', 'W/"a"'], ['"x",W/"a"', '"a"'], ["*", '"a"']]
  ) {
    assert.equal(notModified(header, etag ?? ""), true, header);
  }
  for (
    const [header, etag] of [['"a,b"', '"a"'], ["a", '"a"'], ['"A"', '"a"'], ['"a', '"a"'], ['""', '"a"'], [
      '"*"',
      '"a"',
    ]]
  ) {
    assert.equal(notModified(header, etag ?? ""), false, header);
  }
  assert.equal(notModified(undefined, '"a"'), false);
});
