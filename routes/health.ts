/** What machines ask without signing in: whether we are well, and what may be called (lib/protocol/README.md §6). */
import { Hono } from "hono";
import deno from "../deno.json" with { type: "json" };
import type { Env } from "../lib/server/http/env.ts";
import { give } from "../lib/server/http/give.ts";
import { createOpenapi } from "../lib/server/http/openapi.ts";
import { FEED } from "../lib/protocol/streams.ts";
import type { Services } from "../lib/server/services.ts";

const LOOK_MS = 5_000; // at most so often is storage looked at, however often we are asked

export function health({ log, draining }: Pick<Services, "log" | "draining">): Hono<Env> {
  const { version } = deno;
  const openapi = JSON.stringify(createOpenapi(version));
  const isStorageThere = createLook(async () => {
    await log.head(FEED);
  });

  return new Hono<Env>()
    .get("/openapi.json", (c) => give(c, openapi, { headers: { "content-type": "application/json" } }))
    .get("/healthz", async (c) => {
      const storage = await isStorageThere();
      const status = draining() ? "draining" : storage ? "ok" : "unavailable";
      if (status !== "ok") c.header("retry-after", "1");
      return c.json({ status, version, storage: storage ? "ok" : "unavailable" }, status === "ok" ? 200 : 503);
    });
}

/** Tells whether `look` came back, from the last look while that is fresh. By a clock that doesn't jump. */
function createLook(look: () => Promise<void>): () => Promise<boolean> {
  let last: { at: number; there: Promise<boolean> } | undefined;
  return () => {
    const at = performance.now();
    if (!last || at - last.at >= LOOK_MS) last = { at, there: look().then(() => true, () => false) };
    return last.there;
  };
}
