import assert from "node:assert/strict";
import { brotliDecompressSync } from "node:zlib";
import { build, buildStale, isStale } from "../../lib/build/build.ts";
import { type Manifest, readManifest } from "../../lib/build/manifest.ts";
import { assets } from "../../routes/assets.ts";

/** A small source tree that is built like ours, and where its files go. */
async function withSources(body: (place: { root: URL; dir: URL }) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "rivulet_build_" });
  const root = new URL(`file://${folder}/`);
  const write = async (path: string, text: string) => {
    await Deno.mkdir(new URL(path.slice(0, path.lastIndexOf("/") + 1), root), { recursive: true });
    await Deno.writeTextFile(new URL(path, root), text);
  };
  await write("islands/room/room.tsx", `void import("../shared/lazy.ts"); console.log("${"begun ".repeat(40)}");`);
  await write("islands/feed/feed.tsx", `import { shared } from "../../lib/ui/shared.ts"; console.log(shared);`);
  await write("islands/shell/shell.tsx", `import { shared } from "../../lib/ui/shared.ts"; console.log(shared);`);
  await write(
    "islands/shared/lazy.ts",
    `import { shared } from "../../lib/ui/shared.ts"; export const lazy = shared + "lazy";`,
  );
  await write("lib/server/auth/argon2_worker.ts", `import { hash } from "./argon2.ts"; self.postMessage(hash);`);
  await write("lib/server/auth/argon2.ts", `export const hash = "hash";`);
  await write(
    "lib/server/messages/parse_worker.ts",
    `import { domainToUnicode } from "node:url"; self.x = domainToUnicode;`,
  );
  await write("lib/ui/shared.ts", `export const shared = "shared";`);
  await write("static/art/dot.svg", `<svg xmlns="http://www.w3.org/2000/svg"/>`);
  await write("static/styles/index.css", `.dot { mask: url(../art/dot.svg); & .in { color: red; } }`);
  try {
    await body({ root, dir: new URL("static/build/", root) });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** The one with the text. */
const scriptOf = ({ pages }: Manifest) => pages["islands/room/room.tsx"]?.scripts.at(-1) ?? "";

// esbuild keeps a process of its own for a moment after it was stopped.
const options = { sanitizeOps: false, sanitizeResources: false };

Deno.test("a build is stale until it was made, and again once a source changed", options, async () => {
  await withSources(async (place) => {
    assert.equal(await isStale(place), true);
    assert.equal(await buildStale(place), true);
    assert.equal(await isStale(place), false);
    assert.equal(await buildStale(place), false);
    const before = await readManifest(place.dir);
    await Deno.writeTextFile(new URL("lib/ui/shared.ts", place.root), `export const shared = "changed";`);
    assert.equal(await isStale(place), true);
    const after = await build(place);
    assert.notDeepEqual(after.pages, before?.pages);
    const names = [...Deno.readDirSync(place.dir)].map((entry) => entry.name).sort();
    const workers = Object.values(after.workers);
    assert.equal(workers.length, 2);
    const wanted = ["manifest.json", ...workers, ...Object.keys(after.files).flatMap((name) => [name, `${name}.br`])]
      .sort();
    assert.deepEqual(names, wanted, "what earlier builds left is gone");
  });
});

Deno.test(
  "a page's scripts are what it runs at once; what it imports later is deferred, by its name",
  options,
  async () => {
    await withSources(async (place) => {
      const { pages } = await build(place);
      const textOf = async (names: string[] = []) =>
        (await Promise.all(names.map((name) => Deno.readTextFile(new URL(name, place.dir))))).join("\n");
      const { scripts, deferred } = pages["islands/room/room.tsx"] ?? assert.fail("the room's page is built");
      assert.match(await textOf(scripts), /begun/);
      assert.doesNotMatch(await textOf(scripts), /"lazy"/);
      assert.deepEqual(Object.keys(deferred), ["lazy"]);
      const [file = ""] = deferred["lazy"] ?? [];
      assert.match(await textOf([file]), /"lazy"/);
      assert.ok((await textOf(scripts)).includes(`import("/assets/${file}")`), "the address that the page asks first");
      assert.deepEqual(pages["islands/feed/feed.tsx"]?.deferred, {});
    });
  },
);

Deno.test("a manifest that was cut off counts as no build", options, async () => {
  await withSources(async (place) => {
    await build(place);
    await Deno.writeTextFile(new URL("manifest.json", place.dir), `{ "stamp": "x"`);
    assert.equal(await readManifest(place.dir), undefined);
    assert.equal(await isStale(place), true);
  });
});

Deno.test("a build with a file missing or cut off counts as none, and is made anew", options, async () => {
  await withSources(async (place) => {
    const made = await build(place);
    const { style, workers } = made;
    for (const name of [style, `${style}.br`, scriptOf(made), ...Object.values(workers)]) {
      for (const damage of [Deno.remove, Deno.truncate]) {
        await damage(new URL(name, place.dir).pathname);
        assert.equal(await readManifest(place.dir), undefined, `${damage.name} ${name}`);
        assert.equal(await buildStale(place), true);
        assert.deepEqual(await readManifest(place.dir), made);
      }
    }
  });
});

Deno.test(
  "a source that does not compile ends the build with its place, and leaves the last one",
  options,
  async () => {
    await withSources(async (place) => {
      const made = await build(place);
      await Deno.writeTextFile(new URL("islands/shared/lazy.ts", place.root), "export const = 1;");
      await assert.rejects(build(place), /islands\/shared\/lazy\.ts:1/);
      assert.deepEqual(await readManifest(place.dir), made);
    });
  },
);

Deno.test("a build refuses a source that its stamp would not change with", options, async () => {
  await withSources(async (place) => {
    await Deno.writeTextFile(new URL("lib/server/messages/other.ts", place.root), `export const other = 1;`);
    const worker = `import { other } from "./other.ts"; self.postMessage(other);`;
    await Deno.writeTextFile(new URL("lib/server/messages/parse_worker.ts", place.root), worker);
    await assert.rejects(build(place), /lib\/server\/messages\/other\.ts is missing among the sources/);
  });
});

Deno.test("a worker's bundle has all that it imports, and is not served", options, async () => {
  await withSources(async (place) => {
    const { workers, files } = await build(place);
    const parser = await Deno.readTextFile(new URL(workers["lib/server/messages/parse_worker.ts"] ?? "", place.dir));
    assert.deepEqual(parser.match(/\bfrom ?"[^"]*"/g), ['from"node:url"'], "the runtime has it");
    const name = workers["lib/server/auth/argon2_worker.ts"] ?? "";
    assert.match(name, /^argon2_worker-\w+\.js$/);
    assert.doesNotMatch(await Deno.readTextFile(new URL(name, place.dir)), /import/);
    assert(!Object.hasOwn(files, name));
    assert.equal((await assets(place.dir).request(`/assets/${name}`)).status, 500, "no error mapper here: it refuses");
    await Deno.writeTextFile(new URL("lib/server/auth/argon2.ts", place.root), `export const hash = "changed";`);
    assert.equal(await isStale(place), true);
  });
});

Deno.test("assets are served precompressed, immutable, and as what they are", options, async () => {
  await withSources(async (place) => {
    const made = await build(place);
    const app = assets(place.dir);
    const plain = await app.request(`/assets/${scriptOf(made)}`);
    assert.equal(plain.status, 200);
    assert.equal(plain.headers.get("content-type"), "text/javascript; charset=utf-8");
    assert.equal(plain.headers.get("cache-control"), "public, max-age=31536000, immutable");
    assert.equal(plain.headers.get("content-encoding"), null);
    assert.equal(plain.headers.get("vary"), "accept-encoding");
    const text = await plain.text();

    const small = await app.request(`/assets/${scriptOf(made)}`, { headers: { "accept-encoding": "gzip, br;q=0.9" } });
    assert.equal(small.headers.get("content-encoding"), "br");
    const bytes = new Uint8Array(await small.arrayBuffer());
    assert.ok(bytes.length < text.length);
    assert.equal(new TextDecoder().decode(brotliDecompressSync(bytes)), text);

    const refused = await app.request(`/assets/${scriptOf(made)}`, { headers: { "accept-encoding": "br;q=0" } });
    assert.equal(refused.headers.get("content-encoding"), null);
    await refused.body?.cancel();

    const etag = plain.headers.get("etag") ?? "";
    const known = await app.request(`/assets/${scriptOf(made)}`, { headers: { "if-none-match": etag } });
    assert.equal(known.status, 304);
    assert.equal(await known.text(), "");

    const style = await (await app.request(`/assets/${made.style}`)).text();
    const [, art = ""] = /\/assets\/(dot-[A-Z0-9]+\.svg)/.exec(style) ?? [];
    const picture = await app.request(`/assets/${art}`);
    assert.equal(picture.headers.get("content-type"), "image/svg+xml; charset=utf-8");
    await picture.body?.cancel();
  });
});

Deno.test("nothing outside the manifest is served", options, async () => {
  await withSources(async (place) => {
    await build(place);
    const app = assets(place.dir).onError((_error, c) => c.text("problem", 404));
    for (
      const name of ["manifest.json", "..%2Fmanifest.json", "%2e%2e%2f%2e%2e%2fdeno.json", "constructor", "nope.js"]
    ) {
      const response = await app.request(`/assets/${name}`);
      assert.equal(response.status, 404, name);
      await response.body?.cancel();
    }
  });
});

Deno.test("the icon and the web manifest have fixed names", async () => {
  const app = assets();
  const icon = await app.request("/favicon.svg");
  assert.equal(icon.headers.get("content-type"), "image/svg+xml; charset=utf-8");
  assert.match(await icon.text(), /^<svg/);
  const web = await app.request("/manifest.webmanifest");
  assert.equal(web.headers.get("content-type"), "application/manifest+json; charset=utf-8");
  assert.equal((await web.json()).name, "Rivulet");
});
