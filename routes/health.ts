/** What machines ask without signing in: our health, and which commands there are (lib/protocol/README.md §6). */
import { Hono } from "hono";
import deno from "../deno.json" with { type: "json" };
import type { Env } from "../lib/server/http/env.ts";
import { give } from "../lib/server/http/give.ts";
import { createOpenapi } from "../lib/server/http/openapi.ts";
import { FEED } from "../lib/protocol/streams.ts";
import type { Services } from "../lib/server/services.ts";

const CHECK_MS = 5_000; // storage is checked at most so often, however often we are asked

export function health({ log, draining }: Pick<Services, "log" | "draining">): Hono<Env> {
  const { version } = deno;
  let made: string | undefined;
  const openapi = () => made ??= JSON.stringify(createOpenapi(version)); // The start doesn't wait for it.
  const isStorageThere = createCheck(async () => {
    await log.head(FEED);
  });

  return new Hono<Env>()
    .get("/openapi.json", (c) => give(c, openapi(), { headers: { "content-type": "application/json" } }))
    .get("/healthz", async (c) => {
      const storage = await isStorageThere();
      const status = draining.aborted ? "draining" : storage ? "ok" : "unavailable";
      if (status !== "ok") c.header("retry-after", "1");
      return c.json({ status, version, storage: storage ? "ok" : "unavailable" }, status === "ok" ? 200 : 503);
    });
}

/** Returns whether `check` succeeded, from the last check while that is fresh. It uses a clock that doesn't jump. */
function createCheck(check: () => Promise<void>): () => Promise<boolean> {
  let last: { at: number; there: Promise<boolean> } | undefined;
  return () => {
    const at = performance.now();
    if (!last || at - last.at >= CHECK_MS) last = { at, there: check().then(() => true, () => false) };
    return last.there;
  };
}
