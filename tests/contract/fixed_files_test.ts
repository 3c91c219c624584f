import assert from "node:assert/strict";
import { startServer } from "../support/server.ts";

Deno.test("the files with fixed names are served by the server as it is started, with the permissions it is given", async () => {
  const server = await startServer({ env: { LOG_LEVEL: "error" } });
  try {
    const manifest = await (await fetch(`${server.url}/manifest.webmanifest`)).json();
    const icons: { src: string; type: string; sizes: string; purpose?: string }[] = manifest.icons;
    // Who puts it on a home screen takes these two sizes, and cuts one of them to a shape of its own.
    const pngs = icons.filter((it) => it.type === "image/png").map((it) => `${it.sizes} ${it.purpose ?? "any"}`);
    assert.deepEqual(pngs.sort(), ["192x192 any", "512x512 any", "512x512 maskable"]);
    const page = await (await fetch(`${server.url}/welcome`)).text();
    const touch = /<link rel="apple-touch-icon" href="([^"]+)"/.exec(page)?.[1] ?? "none";
    const files = [
      { src: "/favicon.svg", type: "image/svg+xml", sizes: "any" },
      { src: "/manifest.webmanifest", type: "application/manifest+json", sizes: "any" },
      { src: touch, type: "image/png", sizes: "180x180" },
      ...icons,
    ];
    for (const { src, type, sizes } of files) {
      const response = await fetch(server.url + src);
      const bytes = new DataView(await response.arrayBuffer());
      assert.equal(response.status, 200, src);
      assert.ok(response.headers.get("content-type")?.startsWith(type), src);
      // A PNG's size stands in its first chunk, behind the signature.
      if (type === "image/png") assert.equal(`${bytes.getUint32(16)}x${bytes.getUint32(20)}`, sizes, src);
    }
    assert.equal(server.stderr(), "");
  } finally {
    await server.stop();
  }
});
