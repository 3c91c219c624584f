/** The pages by which people come in, as plain forms (lib/protocol/README.md §1, §6). */
import assert from "node:assert/strict";
import { createDatabase } from "../../lib/server/kv/database.ts";
import { createServices } from "../../lib/server/services.ts";
import { createApp } from "../../routes/app.tsx";
import { suggestHandle } from "../../routes/pages/entry/handle.ts";
import { safeRedirect } from "../../routes/pages/entry/safe_redirect.ts";
import { cheapArgon2id } from "../support/cheap_argon2.ts";
import { testConfig } from "../support/services.ts";
import { form, ORIGIN, withFixture } from "./fixture.ts";

/** Names of the fields that are marked as wrong, and of the one that has the focus. */
function marked(html: string) {
  const names = (attribute: RegExp) =>
    [...html.matchAll(/<input[^>]*>/g)].map(([tag]) => tag).filter((tag) => attribute.test(tag))
      .map((tag) => / name="(\w+)"/.exec(tag)?.[1]);
  return { wrong: names(/aria-invalid/), focus: names(/ autofocus/) };
}

const HTML = { accept: "text/html", host: "localhost" };

Deno.test("next stays on this site, whatever it is written like", () => {
  for (const fine of ["/", "/rooms/r1", "/rooms/r1/7?pane=members#m", "/a/../b", "/%2f%2fevil.example", "/?next=//x"]) {
    assert.ok(safeRedirect(fine)?.startsWith("/"), fine);
    assert.doesNotMatch(safeRedirect(fine) ?? "//", /^\/[/\\]/);
  }
  const foreign = ["//evil.example", "/\\evil.example", "https://evil.example", "evil.example", "", "/\t/evil.example"];
  for (const bad of [...foreign, "/\n/evil.example", "/.//evil.example", "/..//evil.example", undefined]) {
    assert.equal(safeRedirect(bad), undefined, String(bad));
  }
});

Deno.test("a handle is made of the first name where none was typed", () => {
  assert.deepEqual(["Tomás Vega", "  Noor", "李 雷", "Ann-Marie X", "J. Doe", "-x-", "…"].map(suggestHandle), [
    "tomas",
    "noor",
    "member",
    "ann-marie",
    "j",
    "x",
    "member",
  ]);
  assert.deepEqual(["Илья Брандт", "Щукин", "Юлія", "Θάνος", "Łukasz", "Øystein", "Strauß"].map(suggestHandle), [
    "ilia",
    "shchukin",
    "iuliia",
    "thanos",
    "lukasz",
    "oystein",
    "strauss",
  ]);
});

Deno.test("whose name gives a handle that is taken, or none, joins at once with the next one", async () => {
  await withFixture(async ({ ask, workspace: { owner } }) => {
    const { invite } = await owner.call("invites.create", { uses: 5 });
    const join = async (fields: Record<string, string>) => {
      const response = await ask(`/join/${invite}`, form({ handle: "", password: "correct horse battery", ...fields }));
      await response.body?.cancel();
      return response.status;
    };
    for (const name of ["Илья", "Илья Второй", "李伟", "王芳"]) assert.equal(await join({ name }), 303, name);
    assert.equal(await join({ name: "Anyone", handle: "ilia" }), 409, "one that was typed is not changed");
    const { users } = await owner.call("users.list", { limit: 100 });
    const handles = new Map(users.map(({ name, handle }) => [name, handle]));
    assert.deepEqual(["Илья", "Илья Второй", "李伟", "王芳"].map((name) => handles.get(name)), [
      "ilia",
      "ilia2",
      "member",
      "member2",
    ]);
  });
});

Deno.test("first run: one form makes the workspace, and then there is no form", async () => {
  const services = await createServices({
    config: testConfig,
    db: createDatabase(await Deno.openKv(":memory:")),
    shared: false,
    argon2id: cheapArgon2id,
    failed: () => {},
  });
  try {
    const app = createApp(services);
    const home = await app.request(`${ORIGIN}/`, { headers: HTML });
    assert.deepEqual([home.status, home.headers.get("location")], [302, "/welcome"]);
    const signIn = await app.request(`${ORIGIN}/sign-in`, { headers: HTML });
    assert.equal(signIn.headers.get("location"), "/welcome");
    const page = await (await app.request(`${ORIGIN}/welcome?token=abc%22%3E`, { headers: HTML })).text();
    assert.match(page, /<input[^>]* name="token" value="abc&quot;>"/);
    assert.match(page, /You(&#39;|')ll be the owner\./);

    const fields = { workspace: "Northfell", name: "Noor Haddad", handle: "", password: "correct horse battery" };
    const post = (token: string) => app.request(`${ORIGIN}/welcome`, form({ ...fields, token }));
    const wrong = await post("wrong");
    const again = await wrong.text();
    assert.equal(wrong.status, 403);
    assert.match(again, /role="alert".*That set-up code doesn(&#39;|')t match\./);
    assert.match(again, /name="workspace" value="Northfell"/);
    assert.doesNotMatch(again, /correct horse/);
    assert.deepEqual(marked(page), { wrong: [], focus: ["workspace"] });
    assert.deepEqual(marked(again), { wrong: ["token"], focus: ["token"] });

    const made = await post("first-run-token");
    assert.deepEqual([made.status, made.headers.get("location")], [303, "/"]);
    const cookie = made.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const room = await app.request(`${ORIGIN}/`, { headers: { ...HTML, cookie } });
    assert.match(room.headers.get("location") ?? "", /^\/rooms\/\w+$/);

    const closed = await app.request(`${ORIGIN}/welcome?token=first-run-token`, { headers: HTML });
    assert.equal(closed.status, 200);
    assert.doesNotMatch(await closed.text(), /<form/);
    const late = await post("first-run-token");
    assert.equal(late.status, 409);
    assert.doesNotMatch(await late.text(), /<form/);
  } finally {
    services.close();
  }
});

Deno.test("signing in goes to next, and only there when it is a place here", async () => {
  await withFixture(async ({ ask, people }) => {
    const right = { handle: "@Maren", password: "correct horse battery" };
    const to = async (path: string) => {
      const response = await ask(path, form(right));
      return [response.status, response.headers.get("location")];
    };
    assert.deepEqual(await to("/sign-in"), [303, "/"]);
    assert.deepEqual(await to("/sign-in?next=%2Frooms%2Fr1%2F7"), [303, "/rooms/r1/7"]);
    assert.deepEqual(await to("/sign-in?next=%2F%2Fevil.example"), [303, "/"]);

    const page = await (await ask("/sign-in?next=%2Frooms%2Fr1")).text();
    assert.match(page, /<form[^>]* action="\/sign-in\?next=%2Frooms%2Fr1"/);
    const twice = await ask("/sign-in", { as: people.owner });
    assert.deepEqual([twice.status, twice.headers.get("location")], [303, "/"]);
  });
});

Deno.test("a wrong password shows the page again, with the handle and without the password", async () => {
  await withFixture(async ({ ask }) => {
    const response = await ask("/sign-in?next=%2Frooms", form({ handle: "maren", password: "not this one" }));
    const page = await response.text();
    assert.equal(response.status, 401);
    assert.match(page, /role="alert".*Wrong handle or password\./);
    assert.match(page, /name="handle" value="maren"/);
    assert.match(page, /action="\/sign-in\?next=%2Frooms"/);
    assert.doesNotMatch(page, /not this one/);
    assert.deepEqual(marked(page), { wrong: ["handle", "password"], focus: ["password"] });
    const unknown = await (await ask("/sign-in?next=%2Frooms", form({ handle: "nobody", password: "x" }))).text();
    const bare = (text: string) => text.replaceAll(/nonce="[^"]*"|value="(maren|nobody)"/g, "");
    assert.equal(bare(unknown), bare(page), "an unknown handle gets the same page");
  });
});

Deno.test("signing out clears the cookie and ends the session", async () => {
  await withFixture(async ({ ask, people: { maren } }) => {
    const response = await ask("/sign-out", { ...form({}), as: maren });
    assert.deepEqual([response.status, response.headers.get("location")], [303, "/"]);
    assert.match(response.headers.getSetCookie().join(), /rivulet_session_80=;/);
    assert.equal((await ask("/rooms", { as: maren })).status, 302);
    assert.equal((await ask("/sign-out", form({}))).headers.get("location"), "/");
  });
});

Deno.test("an invite lets somebody in, and says who sent it; one that cannot be used is 410 without a form", async () => {
  await withFixture(async ({ ask, people: { owner } }) => {
    const { invite } = await owner.call("invites.create", { uses: 1 });
    const page = await (await ask(`/join/${invite}`)).text();
    assert.match(page, /Noor Haddad invited you\. Expires \d{1,2} [A-Z][a-z]+\./);
    const fields = { name: "Elif Aksoy", handle: "maren", password: "correct horse battery" };
    const taken = await ask(`/join/${invite}`, form(fields));
    assert.equal(taken.status, 409);
    const again = await taken.text();
    assert.match(again, /role="alert".*@maren is taken\./);
    assert.match(again, /name="name" value="Elif Aksoy"/);
    assert.doesNotMatch(again, /correct horse/);
    assert.deepEqual(marked(again), { wrong: ["handle"], focus: ["handle"] });
    const short = await (await ask(`/join/${invite}`, form({ ...fields, handle: "elif", password: "short" }))).text();
    assert.deepEqual(marked(short), { wrong: ["password"], focus: ["password"] });
    const joined = await ask(`/join/${invite}`, form({ ...fields, handle: "" }));
    assert.deepEqual([joined.status, joined.headers.get("location")], [303, "/"]);
    for (const [path, init] of [[`/join/${invite}`], ["/join/nothing"], [`/join/${invite}`, form(fields)]] as const) {
      const gone = await ask(path, init);
      assert.equal(gone.status, 410);
      const html = await gone.text();
      assert.doesNotMatch(html, /<form/);
      assert.match(html, /It may be expired, used up or revoked\./);
    }
  });
});
