import assert from "node:assert/strict";
import { signal } from "@preact/signals";
import {
  createKnownPresence,
  createNotice,
  FALLBACK_NOTICE_MS,
  GRACE_MS,
} from "../../islands/shared/connection_notice.ts";
import type { Presence } from "../../lib/protocol/presence.ts";
import type { Status } from "../../lib/client/connection/live_client.ts";
import { createFakeClock } from "../client/fake_clock.ts";

function setUp() {
  const clock = createFakeClock();
  const status = signal<Status>({ state: "live", transport: "ws", tries: 0, reconnects: 0, gapsHealed: 0 });
  const notice = createNotice(status, clock);
  const be = (state: Status["state"]) => status.value = { ...status.peek(), state };
  return { clock, status, notice, be };
}

Deno.test("a blip is not worth a word, a connection away for 2 s is", () => {
  const { clock, notice, be } = setUp();
  be("reconnecting");
  clock.advance(GRACE_MS - 1);
  assert.equal(notice.value, undefined);
  be("live");
  be("reconnecting");
  clock.advance(GRACE_MS - 1);
  assert.equal(notice.value, undefined);
  clock.advance(1);
  assert.equal(notice.value, "reconnecting");
  be("offline");
  assert.equal(notice.value, "offline");
  be("live");
  assert.equal(notice.value, undefined);
});

Deno.test("what does not heal by itself is said at once", () => {
  const { notice, be } = setUp();
  be("signed_out");
  assert.equal(notice.value, "signed_out");
  be("outdated");
  assert.equal(notice.value, "outdated");
});

Deno.test("a fallback is announced for a while, then only the indicator shows it", () => {
  const { clock, status, notice, be } = setUp();
  status.value = { ...status.peek(), transport: "poll", because: "blocked" };
  assert.equal(notice.value, "fallback");
  be("reconnecting");
  assert.equal(notice.value, undefined);
  be("live");
  clock.advance(FALLBACK_NOTICE_MS - 1);
  assert.equal(notice.value, "fallback");
  clock.advance(1);
  assert.equal(notice.value, undefined);
});

Deno.test("while the connection is away nobody is shown as online, after a blip and over a fallback all are", () => {
  const { clock, notice, status, be } = setUp();
  const presence = signal<ReadonlyMap<string, Presence>>(new Map([["ann", "online"], ["bob", "offline"]]));
  const known = createKnownPresence(presence, notice, "me");
  const shown = () => Object.fromEntries(known.value);
  assert.deepEqual(shown(), { ann: "online", bob: "offline" });
  be("offline");
  assert.deepEqual(shown(), { ann: "online", bob: "offline" });
  clock.advance(GRACE_MS);
  assert.deepEqual(shown(), { ann: "offline", bob: "offline", me: "offline" });
  be("live");
  assert.deepEqual(shown(), { ann: "online", bob: "offline" });
  status.value = { ...status.peek(), transport: "poll", because: "blocked" };
  assert.deepEqual([notice.value, shown().ann], ["fallback", "online"]);
});
