/** A real KV Connect server for `@deno/kv`, whose answers to reads and writes are whatever a test says. */
import type { Database } from "../../lib/server/kv/database.ts";
import { openDatabase } from "../../lib/server/kv/open.ts";

/** No test may find either of them in any output. */
export const SECRETS = ["an-access-token-of-ours", "a-token-of-its-metadata"] as const;

/** A `SnapshotReadOutput` of one range without entries, read strongly, with success. */
const NOTHING = new Uint8Array([0x0a, 0x00, 0x20, 0x01, 0x40, 0x01]);

export interface BrokenKv {
  db: Database;
  /** What it answers from now on; "refuse": nobody listens any more. */
  answer(how: (() => Response) | "refuse"): Promise<void>;
}

export async function withBrokenKv(body: (it: BrokenKv) => Promise<void>): Promise<void> {
  const [ours, theirs] = SECRETS;
  let answer = () => new Response(NOTHING, { headers: { "content-type": "application/x-protobuf" } });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    if (new URL(request.url).pathname !== "/") return answer();
    return Response.json({
      version: 3,
      databaseId: "00000000-0000-0000-0000-000000000001",
      endpoints: [{ url: "/v2", consistency: "strong" }],
      token: theirs,
      expiresAt: new Date(Date.now() + 3_600_000).toISOString(),
    });
  });
  const { db } = await openDatabase({ dataDir: "", kv: { url: `http://127.0.0.1:${server.addr.port}`, token: ours } });
  try {
    await body({
      db,
      async answer(how) {
        if (how === "refuse") await server.shutdown();
        else answer = how;
      },
    });
  } finally {
    db.close();
    await server.shutdown();
  }
}

/** A database whose calls go to another one once a test says so. */
export function switched(first: Database): { db: Database; to(other: Database): void } {
  let now = first;
  return {
    to: (other) => void (now = other),
    db: {
      get: (key) => now.get(key),
      getMany: (keys) => now.getMany(keys),
      list: (selector, options) => now.list(selector, options),
      commit: (write) => now.commit(write),
      watch: (keys) => now.watch(keys),
      close: () => first.close(),
    },
  };
}
