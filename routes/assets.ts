/** Hashed static files from the build's manifest, precompressed and immutable, and the two files with fixed names. */
import { type Context, Hono } from "hono";
import { ASSETS_PATH, BUILD_DIR, readManifest } from "../lib/assets/manifest.ts";
import type { Env } from "../lib/http/env.ts";
import { Refusal } from "../lib/protocol/errors.ts";

const IMMUTABLE = "public, max-age=31536000, immutable"; // the name changes with the content
const STATIC_DIR = new URL("../static/", import.meta.url);

const fixed = {
  "/favicon.svg": { file: "mark.svg", type: "image/svg+xml; charset=utf-8" },
  "/manifest.webmanifest": { file: "manifest.webmanifest", type: "application/manifest+json; charset=utf-8" },
} as const;

/** `dir` is where the build is. Files are read once: there are few and they are small. */
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
    const etag = `"${name}"`;
    const isBrotli = acceptsBrotli(c) && file.brotli < file.bytes;
    const headers: Record<string, string> = {
      "cache-control": IMMUTABLE,
      "content-type": file.type,
      "etag": etag,
      "vary": "accept-encoding",
    };
    if (c.req.header("if-none-match") === etag) return c.body(null, 304, headers);
    if (isBrotli) headers["content-encoding"] = "br";
    return c.body(await read(new URL(isBrotli ? `${name}.br` : name, dir)), 200, headers);
  });

  for (const [path, { file, type }] of Object.entries(fixed)) {
    app.get(path, async (c) => c.body(await read(new URL(file, STATIC_DIR)), 200, { "content-type": type }));
  }
  return app;
}

function createReader(): (file: URL) => Promise<Uint8Array<ArrayBuffer>> {
  const known = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  return (file) => {
    const reading = known.get(file.href) ?? Deno.readFile(file);
    known.set(file.href, reading);
    reading.catch(() => known.delete(file.href));
    return reading;
  };
}

/** Whether the reader takes brotli: named, and not with a weight of 0 (RFC 9110, 12.5.3). */
function acceptsBrotli(c: Context): boolean {
  return (c.req.header("accept-encoding") ?? "").split(",").some((one) => {
    const [name = "", ...rest] = one.trim().split(";").map((part) => part.trim().toLowerCase());
    return name === "br" && !rest.some((part) => /^q=0(\.0*)?$/.test(part));
  });
}
