import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { withApp } from "./with_app.ts";

const FORM = { "content-type": "application/x-www-form-urlencoded" };
const JSON_TYPE = { "content-type": "application/json" };

/** Everything that changes something: commands, forms, and the upgrade. */
const unsafe: [path: string, method: string, headers: Record<string, string>][] = [
  ...Object.keys(commands).map((name): [string, string, Record<string, string>] => [`/api/${name}`, "POST", JSON_TYPE]),
  ...["/sign-in", "/sign-out", "/welcome", "/join/x", "/rooms/r1", "/rooms/r1/join", "/nowhere"].map(
    (path): [string, string, Record<string, string>] => [path, "POST", FORM],
  ),
  ["/live/poll", "POST", JSON_TYPE],
  ["/live/ws?v=1", "GET", { upgrade: "websocket", connection: "Upgrade" }],
];

const foreign = (host: string, scheme: string): (string | undefined)[] => {
  const name = host.replace(/:\d+$/, "");
  const port = host.slice(name.length);
  return [
    undefined,
    "null",
    "",
    `${scheme}://evil.test`,
    `${scheme}://evil.test${port}`,
    `${scheme}://${name}.evil.test${port}`,
    `${scheme}://evil${name}${port}`,
    `${scheme}://evil.${name}${port}`,
    `${scheme}://${name}:8001`,
    `${scheme}://${name}:81`,
    `${scheme}://${name}${port}@evil.test`,
    `${scheme}://x@${name}${port}`,
    `${scheme}://${name}${port}/`,
    `${scheme}://${name}${port}/path`,
    `${scheme}://${name}${port}, ${scheme}://evil.test`,
    `ws://${name}${port}`,
    `file://${name}${port}`,
    name,
    host,
  ];
};

Deno.test("every unsafe request with an Origin that isn't ours is 403, before anything else", () =>
  withApp(async ({ ask, setUp }) => {
    const { cookie } = await setUp();
    for (const origin of foreign("chat.test:8000", "http")) {
      for (const [path, method, headers] of unsafe) {
        const body = method === "POST" ? "{}" : null;
        const response = await ask(path, { method, body, headers: { ...headers, cookie, origin } });
        assert.equal(response.status, 403, `${method} ${path} from ${origin}`);
        assert.equal(response.headers.getSetCookie().length, 0);
      }
    }
  }));

Deno.test("with PUBLIC_URL only its origin is ours, scheme and all, whatever the Host", () =>
  withApp(async ({ ask, call }) => {
    const good = await call("auth.me", {}, { origin: "https://chat.example" });
    assert.equal(good.status, 401); // past the origin, not signed in
    const others = [...foreign("chat.example", "https"), "http://chat.example", "http://10.0.0.5:8000"];
    for (const origin of others) {
      const headers = { "content-type": "application/json", origin };
      const response = await ask("/api/auth.me", { method: "POST", body: "{}", headers });
      assert.equal(response.status, 403, String(origin));
    }
  }, { env: { PUBLIC_URL: "https://chat.example" }, origin: "http://10.0.0.5:8000" }));

for (
  const [host, origin] of [
    ["chat.test:8000", "http://chat.test:8000"],
    ["chat.test:8000", "https://chat.test:8000"], // behind a proxy that ends https
    ["chat.test", "https://chat.test"],
    ["chat.test:443", "https://chat.test"],
    ["CHAT.test", "http://chat.test"],
    ["[::1]:8000", "http://[::1]:8000"],
    ["192.168.1.20:8000", "http://192.168.1.20:8000"],
  ]
) {
  Deno.test(`without PUBLIC_URL an Origin ${origin} is ours at Host ${host}`, () =>
    withApp(async ({ call }) => {
      assert.equal((await call("auth.me", {}, { origin, host })).status, 401);
    }));
}

Deno.test("a read needs no Origin", () =>
  withApp(async ({ ask }) => {
    assert.equal((await ask("/healthz")).status, 200);
    assert.equal((await ask("/openapi.json", { headers: { origin: "http://evil.test" } })).status, 200);
  }));
