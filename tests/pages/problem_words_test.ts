/** A page that refuses says what happened and what to do; "Cannot X: reason" is for logs and the API. */
import assert from "node:assert/strict";
import { Refusal } from "../../lib/protocol/errors.ts";
import { createApp } from "../../routes/app.tsx";
import { newKey, type Person } from "../support/services.ts";
import { type Fixture, form, ORIGIN, withFixture } from "./fixture.ts";

const PASSWORD = "correct horse battery";
const NONE = "0".repeat(20);

type Refused = [path: string, fields: Record<string, string> | undefined, as: Person | undefined, words: RegExp];

/** Forms and addresses that are refused, and what their pages say. */
async function refusedOf({ people, gauges, workspace }: Fixture): Promise<readonly Refused[]> {
  const { owner, maren } = people;
  const { invite = "" } = await owner?.call("invites.create", { uses: 5 }) ?? {};
  const { rooms = [] } = await owner?.call("rooms.list", { limit: 100 }) ?? {};
  const idOf = (name: string) => rooms.find(({ room }) => room.name === name)?.room.id ?? "";
  await owner?.call("rooms.archive", { room: idOf("maps") });
  const used = newKey();
  await maren?.call("messages.send", { room: gauges, text: "Once", key: used });
  const { id: last = "" } = workspace.owner.user;
  const missing = /That(&#39;|')s not there, or you don(&#39;|')t have access\./;
  const notFound = /Page not found.*It may have moved, or you may not have access\./;
  return [
    ["/sign-in", { handle: "maren", password: "wrong" }, undefined, /Wrong handle or password\./],
    ["/sign-in", { handle: "", password: "" }, undefined, /Wrong handle or password\./],
    ["/welcome", { token: "wrong", workspace: "x" }, undefined, /This workspace is already set up|Name /],
    [`/join/${invite}`, { name: "Elif", handle: "maren", password: PASSWORD }, undefined, /@maren is taken\./],
    [`/join/${invite}`, { name: " ", handle: "elif", password: PASSWORD }, undefined, /Name is empty\./],
    [`/join/${invite}`, { name: "Elif", handle: "elif", password: "x" }, undefined, /Password must have/],
    [`/join/${NONE}`, { name: "Elif" }, undefined, /It may be expired, used up or revoked\./],
    ["/settings/profile", { name: "Maren", handle: "ilya" }, maren, /@ilya is taken\./],
    ["/settings/profile", { name: "Maren", handle: "ma ren" }, maren, /Use a–z, 0–9, dots, dashes or underscores\./],
    ["/settings/password", { current: "wrong", password: PASSWORD }, maren, /not your current password\./],
    ["/settings/password", { current: PASSWORD, password: "x" }, maren, /Password must have/],
    ["/settings/sessions", { session: NONE }, maren, /That device is already signed out\./],
    ["/settings/tokens", { name: " ", days: "30" }, maren, /Name is empty\./],
    ["/settings/tokens", { name: "x", days: "90000" }, maren, /Expiry must be at most/],
    ["/settings/token", { id: NONE }, maren, missing],
    ["/settings/invites", { uses: "1", days: "7" }, maren, /Only owners and admins can do that\./],
    ["/settings/invites", { uses: "0", days: "7" }, owner, /Number of uses must be at least 1\./],
    ["/settings/revoke", { id: NONE }, owner, missing],
    ["/settings/role", { user: last, role: "member" }, owner, /A workspace needs an owner\./],
    ["/settings/deactivate", { user: NONE }, owner, missing],
    ["/rooms", { name: " " }, maren, /Name is empty\./],
    ["/rooms", { name: "Gauges" }, maren, /#Gauges is taken\./],
    ["/direct", { user: NONE }, maren, missing],
    [
      `/rooms/${gauges}`,
      { text: "x".repeat(16_001), key: newKey() },
      maren,
      /Message is longer than 16,000 characters\./,
    ],
    [`/rooms/${gauges}`, { text: "Twice", key: used }, maren, /This form was already sent\./],
    [`/rooms/${idOf("lunch")}`, { text: "Soup", key: newKey() }, owner, /You(&#39;|')re not in this room\./],
    [`/rooms/${idOf("maps")}`, { text: "Late", key: newKey() }, owner, /This room is archived\./],
    ["/feed", { view: "you", offset: "nothing" }, maren, /That(&#39;|')s no longer there\./],
    ["/nope", undefined, maren, notFound],
    [`/rooms/${NONE}`, undefined, maren, notFound],
    [`/rooms/${gauges}/9999`, undefined, maren, notFound],
    ["/feed.json?token=nothing", undefined, undefined, /This feed address no longer works\./],
  ];
}

Deno.test("no page says 'Cannot …': what is refused is said in a reader's words", async () => {
  await withFixture(async (fixture) => {
    for (const [path, fields, as, words] of await refusedOf(fixture)) {
      const response = await fixture.ask(path, { ...(fields && form(fields)), ...(as && { as }) });
      const html = (await response.text()).replaceAll(/<script.*?<\/script>/gs, "");
      const name = `${path} ${JSON.stringify(fields)?.slice(0, 80)}`;
      assert.ok(response.status >= 400, `${name}: ${response.status}`);
      assert.doesNotMatch(html, /Cannot /, name);
      const said = /role="alert".*/s.exec(html)?.[0] ?? "";
      assert.match(html, words, `${name}: ${said.slice(0, 400)}`);
    }
  });
});

Deno.test("the page of any problem has a heading in a reader's words, and does not say it twice", async () => {
  await withFixture(async ({ people: { maren }, workspace: { services } }) => {
    const cookie = `rivulet_session_80=${maren?.token}`;
    const pageOf = async (thrown: Refusal) => {
      const app = createApp({ ...services, run: () => Promise.reject(thrown) });
      const response = await app.request(`${ORIGIN}/rooms`, {
        headers: { host: "localhost", accept: "text/html", cookie },
      });
      const html = await response.text();
      const [, title, words] = /<h1 class="big">(.*?)<\/h1><p role="alert">(.*?)<\/p>/s.exec(html) ?? [];
      return [response.status, title, words?.replaceAll("&#39;", "'")];
    };
    const pages: [Refusal, number, string, string][] = [
      [new Refusal("rate_limited", "Cannot answer: too much"), 429, "Too much at once", "Try again in a moment."],
      [new Refusal("unavailable", "Cannot answer: it is late"), 503, "The server is busy", "Try again in a moment."],
      [
        new Refusal("unavailable", "Cannot do that now: the server is restarting"),
        ...[503, "The server is restarting", "Try again in a moment."] as const,
      ],
      [new Refusal("storage_full", "Cannot save: it is full"), 507, "The server is out of space", "Tell an admin."],
      [new Refusal("too_large", "Cannot save: it is large"), 413, "That's too long", ""],
      [new Refusal("conflict", "Cannot join: person is deactivated"), 409, "This person is deactivated", ""],
      [
        new Refusal("not_found", "Cannot do it: it is gone"),
        404,
        "Page not found",
        "It may have moved, or you may not have access.",
      ],
    ];
    for (const [thrown, status, title, words] of pages) {
      assert.deepEqual(await pageOf(thrown), [status, title, `${words} <code>${status}</code>`]);
    }
  });
});

/** What a reader may be shown is written in these. */
const SHOWING = ["islands", "lib/ui", "lib/client/stores", "routes/pages"];

Deno.test("what readers are shown is made of no problem's detail, and nothing of it is worded 'Cannot …'", async () => {
  const found: string[] = [];
  for (const folder of SHOWING) {
    for await (const [path, line] of linesOf(folder)) {
      if (/^\s*(\/\/|\/?\*)/.test(line) || /new (Error|Refusal)\(/.test(line)) continue;
      if (/(error|thrown|problem|refusal)\w*\??\.(detail|message)\b/i.test(line) || /["`>]Cannot /.test(line)) {
        found.push(`${path}: ${line.trim()}`);
      }
    }
  }
  assert.deepEqual(found, []);
});

async function* linesOf(folder: string): AsyncGenerator<[path: string, line: string]> {
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* linesOf(path);
    else if (/\.tsx?$/.test(name)) {
      for (const line of (await Deno.readTextFile(path)).split("\n")) yield [path, line];
    }
  }
}
