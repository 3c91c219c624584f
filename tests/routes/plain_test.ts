import assert from "node:assert/strict";
import deno from "../../deno.json" with { type: "json" };
import { commands } from "../../lib/protocol/commands.ts";
import type { Services } from "../../lib/server/services.ts";
import { withApp } from "./with_app.ts";

Deno.test("/healthz gives the version and that storage is there", () =>
  withApp(async ({ ask }) => {
    const response = await ask("/healthz");
    assert.equal(response.status, 200);
    assert.deepEqual(await response.json(), { status: "ok", version: deno.version, storage: "ok" });
    assert.equal(response.headers.get("cache-control"), "private, no-store");
  }));

Deno.test("/healthz looks at storage once for many who ask, and is 503 without it", () => {
  let looks = 0;
  const change = (services: Services): Services => ({
    ...services,
    log: {
      ...services.log,
      head() {
        looks++;
        return Promise.reject(new Error("disk is gone"));
      },
    },
  });
  return withApp(async ({ ask }) => {
    const responses = await Promise.all(Array.from({ length: 20 }, () => ask("/healthz")));
    assert(responses.every((response) => response.status === 503));
    const [first] = responses;
    assert.deepEqual(await first?.json(), { status: "unavailable", version: deno.version, storage: "unavailable" });
    assert.equal(looks, 1);
  }, { change });
});

Deno.test("/openapi.json has every command, with an example that fits and what a result always has", () =>
  withApp(async ({ ask }) => {
    const response = await ask("/openapi.json");
    assert.equal(response.headers.get("content-type"), "application/json");
    const document = await response.json();
    assert.match(document.openapi, /^3\.1\./);
    assert.deepEqual(Object.keys(document.paths).sort(), Object.keys(commands).map((name) => `/api/${name}`).sort());
    for (const [name, command] of Object.entries(commands)) {
      const { post } = document.paths[`/api/${name}`];
      const body = post.requestBody.content["application/json"];
      assert.equal(command.input.safeParse(body.example).success, true, `the example of ${name}`);
      assert.equal(body.schema.type, "object");
      for (const field of body.schema.required ?? []) assert(field in body.example, `${name} needs ${field}`);
      assert.equal(post.responses[200].content["application/json"].schema.type, "object");
    }
    const { required } = document.paths["/api/users.list"].post.responses[200].content["application/json"].schema;
    assert.deepEqual(required, ["users", "more"]);
    assert.deepEqual(document.components.schemas.user.required, ["id", "handle", "name", "role"]);
  }));

Deno.test("/openapi.json points at nothing that isn't in it, and its errors are problems", () =>
  withApp(async ({ ask }) => {
    const text = await (await ask("/openapi.json")).text();
    assert(!/\.md\b|https?:\/\//.test(text), "no paper and no other place");
    const document = JSON.parse(text);
    const refs = new Set([...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, ref = ""]) => ref));
    assert(refs.size > 10);
    for (const ref of refs) {
      const parts = ref.replace(/^#\//, "").split("/");
      assert(parts.reduce((at, part) => at?.[part], document), ref);
    }
    for (const response of Object.values<{ content: object }>(document.components.responses)) {
      assert.deepEqual(Object.keys(response.content), ["application/problem+json"]);
    }
    assert(!text.includes('"additionalProperties":false'), "fields may be added");
  }));
