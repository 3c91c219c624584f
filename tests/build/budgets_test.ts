/** The sizes of islands/README.md, Budgets, as brotli, of what a build of our own sources gives. */
import assert from "node:assert/strict";
import { buildStale } from "../../lib/build/build.ts";
import { BUILD_DIR, readManifest } from "../../lib/build/manifest.ts";
import { commands } from "../../lib/protocol/commands.ts";
import { pageCommands } from "../../lib/protocol/page_commands.ts";

const KB = 1_024;
const INITIAL_JS_MAX = 60 * KB;
const DEFERRED_MAX = 40 * KB;
const CSS_MAX = 14 * KB;

Deno.test(
  "scripts of each page, what is deferred, and CSS stay within their budgets",
  { sanitizeOps: false, sanitizeResources: false },
  async () => {
    await buildStale();
    const { files, pages, style } = await readManifest() ?? assert.fail("nothing is built");
    const size = (names: Iterable<string>) => [...names].reduce((sum, name) => sum + (files[name]?.brotli ?? 0), 0);
    assert.deepEqual(Object.keys(pages), [
      "islands/room/room.tsx",
      "islands/feed/feed.tsx",
      "islands/shell/shell.tsx",
    ]);
    for (const [page, { scripts, deferred }] of Object.entries(pages)) {
      assert.ok(size(scripts) > 0 && size(scripts) <= INITIAL_JS_MAX, `scripts of ${page}: ${size(scripts)} bytes`);
      for (const [name, closure] of Object.entries(deferred)) {
        const later = size(closure.filter((it) => !scripts.includes(it)));
        assert.ok(later > 0 && later <= DEFERRED_MAX, `${name} of ${page}: ${later} bytes`);
      }
    }
    const scripts = await Promise.all(
      Object.keys(files).filter((name) => name.endsWith(".js"))
        .map((name) => Deno.readTextFile(new URL(name, BUILD_DIR))),
    );
    const carried = Object.keys(commands).filter((name) => scripts.some((it) => it.includes(`"${name}":`)));
    assert.deepEqual(carried, Object.keys(pageCommands), "scripts carry the commands that they call, and no others");
    assert.ok(size([style]) <= CSS_MAX, `CSS is ${size([style])} bytes`);
  },
);
