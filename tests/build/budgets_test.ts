/** The sizes of islands/README.md, Budgets, as brotli, of what a build of our own sources gives. */
import assert from "node:assert/strict";
import { build } from "../../lib/build/build.ts";
import { commands } from "../../lib/protocol/commands.ts";
import { pageCommands } from "../../lib/protocol/page_commands.ts";

const KB = 1_024;
const INITIAL_JS_MAX = 60 * KB;
const CHUNK_MAX = 40 * KB;
const CSS_MAX = 14 * KB;

Deno.test(
  "initial JS of the room and of the feed, lazy chunks and CSS stay within their budgets",
  { sanitizeOps: false, sanitizeResources: false },
  async () => {
    const folder = await Deno.makeTempDir({ prefix: "rivulet_budgets_" });
    try {
      const { files, chunks, apart, script, style } = await build({ dir: new URL(`file://${folder}/`) });
      const room = chunks["islands/room/room.tsx"] ?? [];
      assert.ok(room.length > 0, "the room's island is built");
      const first = new Set([script, ...room]);
      const size = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + (files[name]?.brotli ?? 0), 0);
      assert.ok(size(first) <= INITIAL_JS_MAX, `initial JS is ${size(first)} bytes`);
      const feed = apart["islands/feed/feed_boot.ts"] ?? [];
      assert.ok(feed.length > 0, "the feed is built");
      assert.ok(size(feed) <= INITIAL_JS_MAX, `the feed's initial JS is ${size(feed)} bytes`);
      for (const [source, names] of Object.entries(chunks)) {
        const lazy = names.filter((name) => !first.has(name));
        assert.ok(size(lazy) <= CHUNK_MAX, `${source} is ${size(lazy)} bytes`);
      }
      const scripts = await Promise.all(
        Object.keys(files).filter((name) => name.endsWith(".js"))
          .map((name) => Deno.readTextFile(`${folder}/${name}`)),
      );
      const carried = Object.keys(commands).filter((name) => scripts.some((it) => it.includes(`"${name}":`)));
      assert.deepEqual(carried, Object.keys(pageCommands), "scripts carry the commands that they call, and no others");
      assert.ok(size([style]) <= CSS_MAX, `CSS is ${size([style])} bytes`);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
);
