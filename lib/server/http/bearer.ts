import type { Context } from "hono";

/** What `Authorization: Bearer …` carries, "" for nothing; undefined without such a header. */
export function readBearer(c: Context): string | undefined {
  const match = /^bearer(?:\s+(.*))?$/i.exec(c.req.header("authorization")?.trim() ?? "");
  return match ? match[1] ?? "" : undefined;
}
