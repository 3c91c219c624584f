/** From layout 2 to 3, and on to today's: what was stored as structured clones is read by whatever runs now. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { encode } from "../../../lib/server/kv/codec.ts";
import { createDatabase, type Database, StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { LAYOUT, migrate } from "../../../lib/server/kv/layout.ts";
import { prefixOf } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { createServices, type Services } from "../../../lib/server/services.ts";
import { assertEncoded } from "../../support/encoded.ts";
import { testConfig } from "../../support/services.ts";
import { losingAnswers } from "../../support/storage.ts";
import { assertSame, many, readLayout2, type Value, type Workspace, writeClones } from "./layout_2.ts";
import { byName, byRoom, manyEntries, withMembers } from "./layout_3.ts";

const DAY_MS = 86_400_000;
const NOW = 1_764_000_000_000;
const quiet = { now: () => NOW, say() {} };

Deno.test("services that start on data of layout 2 answer as they do on the same data written today", async () => {
  const { workspace, values } = await readLayout2();
  using old = await Deno.openKv(":memory:");
  await writeClones(old, values);
  using today = await Deno.openKv(":memory:");
  for (const { key, value } of [...values, ...byRoom(values), ...byName(values), ...withMembers(values)]) {
    await today.set(key, encode(key[0] === "format" ? LAYOUT : value));
  }

  const lines: string[] = [];
  const answers = await withServices(old, workspace, answersTo, (line) => lines.push(line));
  assert.deepEqual(answers, await withServices(today, workspace, answersTo));
  assert.match(lines.at(-1) ?? "", /^Storage is at layout 6: \d+ values/);
  const texts = JSON.stringify(answers);
  for (const text of ["Reading 0: **0.5** m", "A second text, @bo, with `code` and \\u0001 ☂ 😀", "Between us"]) {
    assert.ok(texts.includes(text), text);
  }
  await assertEncoded(old);
});

Deno.test("on data of layout 2 people go on: signed in, with their tokens, invites, keys and places", async () => {
  const { workspace, values } = await readLayout2();
  using kv = await Deno.openKv(":memory:");
  await writeClones(kv, values);
  await withServices(kv, workspace, async ({ auth, run }) => {
    const call = { address: "127.0.0.1", agent: "test", origin: "http://localhost", setSession() {} };
    const { sessions, token, feedToken, invite, password, newest: { seq, ...message } } = workspace;
    const owner = await auth.identify(sessions.owner);
    assert.ok(owner);
    assert.equal((await auth.identifyToken(token))?.user.handle, "ann");
    assert.equal((await auth.identifyFeedToken(feedToken))?.handle, "ann");
    assert.equal((await run("auth.signIn", { handle: "bo", password }, call)).user.handle, "bo");
    await run("auth.signUp", { invite, name: "Di", handle: "di", password }, call);
    const mine = { ...call, user: owner.user, session: owner.session };
    const again = await run("messages.send", message, mine);
    assert.equal(again.message.seq, seq);
    const { message: next } = await run("messages.send", { ...message, key: `${message.key}-next` }, mine);
    assert.equal(next.n, (again.message.n ?? 0) + 1);
    await run("messages.react", { room: message.room, seq, emoji: "👍" }, mine);
  });
  await assertEncoded(kv);
});

Deno.test("what storage may forget in time, it may still forget then", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const file = `${dir}/rivulet.sqlite`;
    const expiries = () => {
      using sqlite = new DatabaseSync(file, { readOnly: true });
      const rows = sqlite.prepare("SELECT k, expiration_ms AS ms FROM kv ORDER BY k").all();
      return rows.map(({ ms }) => Number(ms));
    };
    const now = Date.now();
    const hash = "h".repeat(43);
    const at = { expiresAt: now + 5 * DAY_MS };
    const values: (Value & { expireIn?: number })[] = [
      { key: keys.entry("feed", 1), value: { tag: "abcd", entry: { at: now - DAY_MS } }, expireIn: 89 * DAY_MS },
      { key: keys.epoch(), value: "epoch" },
      { key: keys.format(), value: 2 },
      { key: keys.invite("i1"), value: at, expireIn: 5 * DAY_MS },
      { key: keys.inviteToken(hash), value: "i1", expireIn: 5 * DAY_MS },
      { key: ["reaction_told", "r1", 1, "👍", "u1"], value: true, expireIn: DAY_MS },
      { key: keys.sent("u1", "k1"), value: at, expireIn: 5 * DAY_MS },
      { key: keys.session(hash), value: at, expireIn: 5 * DAY_MS },
      { key: keys.token("for ever"), value: { id: "t1" } },
      { key: keys.token(hash), value: at, expireIn: 5 * DAY_MS },
      { key: keys.pending("r1", 1), value: [], expireIn: 31 * DAY_MS },
      { key: keys.userSession("u1", "s1"), value: hash, expireIn: 5 * DAY_MS },
      { key: keys.userSession("u1", "s2"), value: "gone", expireIn: 1_000 },
      { key: keys.userToken("u1", "t1"), value: "for ever" },
      { key: keys.userToken("u1", "t2"), value: hash, expireIn: 5 * DAY_MS },
    ];
    const kv = await Deno.openKv(file);
    await writeClones(kv, values);
    const before = expiries();
    assert.deepEqual(before.map((ms) => ms > 0), values.map(({ expireIn }) => expireIn !== undefined));
    await migrate(createDatabase(kv), { now: Date.now, say() {} });
    await assertEncoded(kv);
    kv.close();
    const after = expiries();
    assert.equal(after.length, values.length);
    const far = values.filter((_, i) => Math.abs((after[i] ?? 0) - (before[i] ?? 0)) > 60_000).map(({ key }) => key);
    assert.deepEqual(far, []);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a segment that is too large in the new form is cut, and holds the same events", async () => {
  using kv = await Deno.openKv(":memory:");
  const events = Array.from({ length: 60 }, (_, at) => ({ seq: at + 1, data: { topic: "雨".repeat(399) + at } }));
  const all = [{ key: keys.epoch(), value: "e" }, { key: keys.format(), value: 2 }];
  await writeClones(kv, [...all, { key: keys.segment("room:a", 60), value: events }]);
  const db = createDatabase(kv);
  await migrate(db, quiet);
  const segments = await db.list({ prefix: prefixOf<typeof events>("log", "room:a") }, { limit: 100 });
  assert.ok(segments.length > 1);
  assert.deepEqual(segments.flatMap(({ value }) => value), events);
  assert.deepEqual(segments.map(({ key }) => key.at(-1)), segments.map(({ value }) => value.at(-1)?.seq));
});

Deno.test("values up to KV's limit, thousands of them, are migrated in atomics that storage takes", async () => {
  using kv = await Deno.openKv(":memory:");
  const values = many(2_500).map((it, at) => at % 100 === 0 ? { ...it, value: { text: "x".repeat(50_000) } } : it);
  await writeClones(kv, values);
  await migrate(createDatabase(kv), quiet);
  await assertSame(kv, values);
});

for (
  const [what, spoil] of [
    ["with answers lost", (db: Database) => losingAnswers(db, 3)],
    ["with storage away for a while", awayFor(5)],
  ] as const
) {
  Deno.test(`a migration goes on ${what}`, async () => {
    using kv = await Deno.openKv(":memory:");
    const values = many(2_000);
    await writeClones(kv, values);
    await migrate(spoil(createDatabase(kv)), quiet);
    await assertSame(kv, values);
  });
}

Deno.test("instances that start at once share the migration, and all wait for its end", async () => {
  using kv = await Deno.openKv(":memory:");
  const values = many(5_000);
  await writeClones(kv, values);
  const commits = [0, 0, 0];
  await Promise.all(commits.map(async (_, instance) => {
    const db = createDatabase(kv);
    await migrate({
      ...db,
      async commit(write) {
        const committed = await db.commit(write);
        if (committed !== undefined) commits[instance] = (commits[instance] ?? 0) + 1;
        return committed;
      },
    }, quiet);
    assert.equal((await db.get(keys.format())).value, LAYOUT);
  }));
  const layouts = LAYOUT - 2; // Each ends with a commit, and there is nothing to write for those after 3.
  const due = Math.ceil((values.length - 1) / 499) + layouts;
  assert.equal(commits.reduce((sum, count) => sum + count), due, "nothing twice");
  await assertSame(kv, values);
});

Deno.test("a migration that is ended after each of its commits, several a page, ends with what there was", async () => {
  using kv = await Deno.openKv(":memory:");
  const large = many(1_200).map((it, at) => at % 10 === 0 && at > 0 ? { ...it, value: "x".repeat(50_000) } : it);
  const entries = manyEntries(1_200, NOW).filter(({ key }) => key[0] === "entry");
  const values = [...large, ...entries];
  await writeClones(kv, values);
  const db = createDatabase(kv);
  const ended = new Error("ended");
  const ending: Database = {
    ...db,
    async commit(write) {
      await db.commit(write);
      throw ended;
    },
  };
  let commits = 0;
  for (; (await db.get(keys.format())).value !== LAYOUT; commits++) {
    await assert.rejects(migrate(ending, quiet), ended);
  }
  assert.ok(commits > 2 * Math.ceil(values.length / 500), "a page of large values takes several");
  await migrate(db, { ...quiet, say: assert.fail });
  await assertSame(kv, values);
});

function awayFor(calls: number): (db: Database) => Database {
  return (db) => ({
    ...db,
    list(selector, options) {
      if (calls-- > 0) throw new StorageUnavailable("storage is away");
      return db.list(selector, options);
    },
  });
}

async function withServices<T>(
  kv: Deno.Kv,
  workspace: Workspace,
  body: (services: Services, workspace: Workspace) => Promise<T>,
  say: (line: string) => void = () => {},
): Promise<T> {
  const failed = (error: unknown) => {
    throw error;
  };
  const db = { ...createDatabase(kv), close() {} };
  const options = { config: testConfig, db, shared: false, now: () => workspace.now, failed, say };
  const services = await createServices(options);
  try {
    return await body(services, workspace);
  } finally {
    services.close();
  }
}

/** What each person gets of everything. */
async function answersTo({ auth, run }: Services, { sessions, newest: { room, seq } }: Workspace): Promise<unknown[]> {
  const answers: unknown[] = [];
  for (const token of Object.values(sessions)) {
    const signedIn = await auth.identify(token);
    assert.ok(signedIn);
    const { user, session } = signedIn;
    const call = { address: "127.0.0.1", agent: "test", origin: "http://localhost", setSession() {}, user, session };
    const ask = async (answer: Promise<unknown>) => answers.push(await answer.catch((error) => String(error)));
    const limit = 100;
    const { rooms } = await run("rooms.list", { limit }, call);
    answers.push(rooms);
    for (const { room: { id: room } } of rooms) {
      await ask(run("messages.list", { room, limit }, call));
      await ask(run("rooms.members", { room, limit }, call));
      await ask(run("rooms.get", { room }, call));
      await ask(run("feed.list", { view: "everything", room, limit }, call));
      await ask(run("feed.list", { view: "you", room, limit }, call));
    }
    await ask(run("messages.reactors", { room, seq: 16, emoji: "👍", limit }, call));
    await ask(run("messages.get", { room, seq }, call));
    await ask(run("users.list", { limit }, call));
    await ask(run("feed.list", { view: "everything", limit }, call));
    await ask(run("feed.list", { view: "you", limit }, call));
    await ask(run("sessions.list", {}, call));
    await ask(run("tokens.list", { limit }, call));
    await ask(run("invites.list", { limit }, call));
  }
  return answers;
}
