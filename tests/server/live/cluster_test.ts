/** Several instances over one database: who is online and who types is the same at each of them. */
import assert from "node:assert/strict";
import { createCluster } from "../../../lib/server/live/state/cluster.ts";
import type { Cluster } from "../../../lib/server/live/state/cluster_state.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import { createClusterStore } from "../../../lib/server/presence/store.ts";
import { createPolls } from "../../../lib/server/live/transports/poll.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { fastClock } from "../../support/fast_clock.ts";
import { openLog, withStorage } from "../../support/storage.ts";
import { poll } from "./with_polls.ts";

const ANN = "ann";

interface Instance {
  boards: Cluster;
  /** Who is connected elsewhere, once for each instance. */
  people: string[];
  typing: string[];
  until(done: () => boolean): Promise<void>;
  errors: unknown[];
}

/** An instance's cluster state, and what it was called with. */
function instance(db: Database, store = createClusterStore({ db })): Instance {
  const wake: (() => void)[] = [];
  const seen: Omit<Instance, "boards"> = {
    people: [],
    typing: [],
    errors: [],
    async until(done) {
      while (!done()) await new Promise<void>((resolve) => wake.push(resolve));
    },
  };
  const note = (change: () => void) => {
    change();
    for (const resolve of wake.splice(0)) resolve();
  };
  const without = (list: string[], it: string) => void list.splice(list.indexOf(it), 1);
  const boards = createCluster({
    clock: fastClock,
    store,
    came: (user) => note(() => seen.people.push(user)),
    went: (user) => note(() => without(seen.people, user)),
    typed: (room, user) => note(() => seen.typing.push(`${room} ${user}`)),
    stopped: (room, user) => note(() => without(seen.typing, `${room} ${user}`)),
    failed: (error) => seen.errors.push(error),
  });
  return { ...seen, boards };
}

async function comesAndGoes(db: Database): Promise<void> {
  const [here, there] = [instance(db), instance(db)];
  there.boards.came(ANN);
  await here.until(() => here.people.includes(ANN));
  there.boards.typed("r1", ANN);
  await here.until(() => here.typing.includes("r1 ann"));
  there.boards.typed("r1", ANN); // she goes on
  await here.until(() => here.typing.length === 2);
  there.boards.stopped("r1", ANN);
  await here.until(() => here.typing.length === 1);
  there.boards.went(ANN);
  await here.until(() => here.people.length === 0);
  assert.deepEqual([there.people, there.typing], [[], []]); // nobody hears of themselves
  const store = createClusterStore({ db });
  assert.deepEqual(await store.states(), []); // nothing is kept of an instance with nobody
  assert.deepEqual([...here.errors, ...there.errors], []);
  for (const { boards } of [here, there]) boards.close();
}

async function leaves(db: Database): Promise<void> {
  const [here, there] = [instance(db), instance(db)];
  there.boards.came(ANN);
  await here.until(() => here.people.includes(ANN));
  there.boards.leave();
  await here.until(() => here.people.length === 0);
  for (const { boards } of [here, there]) boards.close();
}

async function dies(db: Database): Promise<void> {
  const [here, there] = [instance(db), instance(db)];
  there.boards.came(ANN);
  await here.until(() => here.people.includes(ANN));
  there.boards.close(); // as by kill -9: nothing is said
  await here.until(() => here.people.length === 0);
  here.boards.close();
}

async function isBuriedAlive(db: Database): Promise<void> {
  const store = createClusterStore({ db });
  const [here, there] = [instance(db), instance(db)];
  there.boards.came(ANN);
  await here.until(() => here.people.includes(ANN));
  const [board] = await store.states();
  assert.ok(board);
  await store.remove(board.instance);
  await here.until(() => here.people.length === 0);
  await here.until(() => here.people.includes(ANN));
  for (const { boards } of [here, there]) boards.close();
}

async function storageFails(db: Database): Promise<void> {
  const store = createClusterStore({ db });
  let failing = 2;
  const [here, there] = [
    instance(db),
    instance(db, {
      ...store,
      async write(name, it) {
        const version = await store.write(name, it);
        if (failing-- > 0) throw new Error("the answer was lost");
        return version;
      },
      watch: () => new ReadableStream({ start: (out) => out.error(new Error("the watch broke")) }),
    }),
  ];
  there.boards.came(ANN);
  here.boards.came("ben");
  await Promise.all([
    here.until(() => here.people.includes(ANN)),
    there.until(() => there.people.includes("ben")), // by the look that nothing rings for
  ]);
  assert.deepEqual(here.people, [ANN]); // once
  for (const { boards } of [here, there]) boards.close();
}

// Side by side, each over storage of its own, as most of their time is waiting.
Deno.test("an instance's people and who types there are published to the others, until they go, it leaves or it dies", () =>
  withEach([comesAndGoes, leaves, dies, isBuriedAlive, storageFails]));

async function withEach(bodies: ((db: Database) => Promise<void>)[]): Promise<void> {
  await Promise.all(bodies.map((body) => withStorage(({ db }) => body(db))));
}

Deno.test("latest state, and its token, is the same whichever instance answers a poll", () =>
  withStorage(async ({ db }) => {
    const logs = await Promise.all([1, 2].map(() => openLog(db, undefined, true)));
    const [one, two] = logs;
    assert.ok(one && two);
    const boards = createClusterStore({ db });
    await withHub(one, ({ hub: here }) =>
      withHub(two, async ({ hub: there }) => {
        const ann = createClient(there, person(ANN), "h2");
        const ben = createClient(here, person("ben"), "h3");
        there.arrive(ann.session);
        here.arrive(ben.session);
        await Promise.all([ann.follows("room:r1"), ben.follows("room:r1")]);
        ben.session.watch([ANN]);
        await ben.until(() => ben.of("presence").at(-1)?.users[ANN] === "online");
        ann.session.watch(["ben"]);
        await ann.until(() => ann.of("presence").at(-1)?.users.ben === "online");

        there.typed("r1", ANN);
        await ben.until(() => ben.of("typing").at(-1)?.users[0] === ANN);
        const [polls, others] = [createPolls(here), createPolls(there)];
        const ask = { streams: { "room:r1": "now" }, users: [ANN, "ben", "carl"], seen: "" };
        const [a, b] = [await poll(polls, ask), await poll(others, ask)];
        assert.deepEqual(
          a.frames.map((frame) => frame.t).sort(),
          ["digest", "presence", "typing"],
        );
        assert.equal(a.seen, b.seen);
        assert.deepEqual(a.frames, b.frames);
        for (const it of [polls, others]) it.close();
        for (const { session } of [ann, ben]) session.close();
      }, { shared: true, cluster: boards, clock: fastClock }), { shared: true, cluster: boards, clock: fastClock });
  }));
