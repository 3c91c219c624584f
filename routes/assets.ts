/** Hashed static files from the build's manifest, precompressed and immutable, and the few files with fixed names. */
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { Hono } from "hono";
import { ASSETS_PATH, BUILD_DIR, readManifest } from "../lib/build/manifest.ts";
import { encodedTag, type Encoding, encodingFor, encodingHeaders } from "../lib/server/http/encoding.ts";
import type { Env } from "../lib/server/http/env.ts";
import { notModified } from "../lib/server/http/etag.ts";
import { Refusal } from "../lib/protocol/errors.ts";

const IMMUTABLE = "public, max-age=31536000, immutable"; // the name changes with the content
const gzipped = promisify(gzip);
const STATIC_DIR = new URL("../static/", import.meta.url);

const fixed = {
  "/favicon.svg": { file: "mark.svg", type: "image/svg+xml; charset=utf-8" },
  "/manifest.webmanifest": { file: "manifest.webmanifest", type: "application/manifest+json; charset=utf-8" },
  "/apple-touch-icon.png": { file: "apple-touch-icon.png", type: "image/png" },
  "/icon-192.png": { file: "icon-192.png", type: "image/png" },
  "/icon-512.png": { file: "icon-512.png", type: "image/png" },
  "/icon-maskable-512.png": { file: "icon-maskable-512.png", type: "image/png" },
} as const;

/** `dir` is where the build is. Files are read, and compressed, once: there are few and they are small. */
export function assets(dir: URL = BUILD_DIR): Hono<Env> {
  let reading: ReturnType<typeof readManifest> | undefined;
  const made = () => reading ??= readManifest(dir);
  const read = createReader();
  const app = new Hono<Env>();

  app.get(`${ASSETS_PATH}:name`, async (c) => {
    const name = c.req.param("name");
    const files = (await made())?.files ?? {};
    const file = Object.hasOwn(files, name) ? files[name] : undefined;
    if (!file) throw new Refusal("not_found", "Cannot open file: there is no such file");
    const encoding = encodingFor(c);
    const etag = encodedTag(name, encoding);
    const known = { "cache-control": IMMUTABLE, etag, "vary": "accept-encoding" };
    if (notModified(c.req.header("if-none-match"), etag)) return c.body(null, 304, known);
    const headers = { ...known, "content-type": file.type, ...encodingHeaders(encoding) };
    return c.body(await read(new URL(name, dir), encoding), 200, headers);
  });

  for (const [path, { file, type }] of Object.entries(fixed)) {
    app.get(path, async (c) => c.body(await read(new URL(file, STATIC_DIR)), 200, { "content-type": type }));
  }
  return app;
}

function createReader(): (file: URL, encoding?: Encoding) => Promise<Uint8Array<ArrayBuffer>> {
  const known = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  return (file, encoding) => {
    const key = `${file.href} ${encoding}`;
    const reading = known.get(key) ?? readAs(file, encoding);
    known.set(key, reading);
    reading.catch(() => known.delete(key));
    return reading;
  };
}

/** Brotli comes from the build, which takes its time over it. */
async function readAs(file: URL, encoding: Encoding | undefined): Promise<Uint8Array<ArrayBuffer>> {
  if (encoding === "br") return await Deno.readFile(new URL(`${file.href}.br`));
  const bytes = await Deno.readFile(file);
  return encoding === "gzip" ? Uint8Array.from(await gzipped(bytes)) : bytes;
}
