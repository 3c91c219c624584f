/** GET /metrics for Prometheus, to whoever has METRICS_TOKEN (lib/protocol/README.md §6). */
import { Hono } from "hono";
import deno from "../deno.json" with { type: "json" };
import { readBearer } from "../lib/server/http/bearer.ts";
import type { Env } from "../lib/server/http/env.ts";
import { isSameSecret } from "../lib/server/auth/service.ts";
import { Refusal } from "../lib/protocol/errors.ts";
import type { Services } from "../lib/server/services.ts";

/**
 * Without a token there are none. Being asked from the same machine is no proof: behind a proxy there everybody is,
 * and one that is set up in a single line says nothing of whom it asks for.
 */
export function metrics({ config, metrics, instance }: Pick<Services, "config" | "metrics" | "instance">): Hono<Env> {
  const { metricsToken } = config;
  const app = new Hono<Env>();
  if (metricsToken === undefined) return app;
  metrics.gauge("rivulet_info", "The version, and this process's name.", () => 1, { version: deno.version, instance });
  return app.get("/metrics", (c) => {
    if (!isSameSecret(readBearer(c) ?? "", metricsToken)) {
      throw new Refusal("unauthenticated", "Cannot read metrics: METRICS_TOKEN is needed as a Bearer token");
    }
    const { text, type } = metrics.text();
    return c.body(text, 200, { "content-type": type });
  });
}
