import assert from "node:assert/strict";
import { createWhileVisible } from "../../lib/client/transports/while_visible.ts";
import type { Connection } from "../../lib/client/connection/transport.ts";
import type { ServerFrame } from "../../lib/protocol/frames.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { offset } from "./samples.ts";
import { createScriptedTransport } from "./scripted_transport.ts";

const HIDDEN_AT_FIRST_MS = 5_000;
const WELCOME_MS = 10_000;

function setUp(visible = true) {
  const clock = createFakeClock();
  const inner = createScriptedTransport("poll");
  const frames: ServerFrame[] = [];
  const closed: number[] = [];
  const asked: string[] = [];
  let isVisible = visible;
  let changed = () => {};
  const transport = createWhileVisible({
    me: "me",
    clock,
    fetch: (path) => {
      asked.push(path);
      return Promise.resolve(Response.json({ n: 1, unread: 0 }));
    },
    transport: inner,
    isVisible: () => isVisible,
    onChange(run) {
      changed = run;
      return () => changed = () => {};
    },
  });
  const connection: Connection = transport.connect({
    frame(frame) {
      frames.push(frame);
      if (frame.t === "welcome") connection.send({ t: "follow", streams: { "room:r1": offset(3) } });
    },
    closed: (code) => void closed.push(code),
  });
  const show = (is: boolean) => {
    isVisible = is;
    changed();
  };
  return { clock, inner, frames, closed, asked, connection, show };
}

Deno.test("a hidden tab holds no connection, and its session lives: pings are heard, calls are made", async () => {
  const { inner, frames, closed, asked, connection, show } = setUp();
  inner.last().welcome();
  show(false);
  assert.equal(inner.last().closedBy, 1000);
  frames.length = 0;
  connection.send({ t: "ping", id: 7 });
  connection.send({ t: "call", id: 8, name: "reads.mark", body: {} });
  await settled();
  // A pong that answers no ping measures nothing.
  assert.deepEqual(frames, [{ t: "pong", id: -1 }, { t: "reply", id: 8, result: { n: 1, unread: 0 } }]);
  assert.deepEqual(asked, ["/api/reads.mark"]);
  assert.deepEqual(closed, []);
});

Deno.test("back in sight it connects again and follows from its position", () => {
  const { inner, show } = setUp();
  inner.last().welcome();
  show(false);
  show(true);
  assert.equal(inner.connections.length, 2);
  inner.last().welcome();
  assert.deepEqual(inner.last().all("follow"), [{ t: "follow", streams: { "room:r1": offset(3) } }]);
  show(true);
  assert.equal(inner.connections.length, 2);
});

Deno.test("back in sight, a connection that says no welcome within 10 s ends the session", () => {
  const { clock, inner, closed, show } = setUp();
  inner.last().welcome();
  show(false);
  show(true);
  show(false);
  clock.advance(WELCOME_MS); // Nothing is waited for out of sight.
  show(true);
  clock.advance(WELCOME_MS - 1);
  assert.deepEqual(closed, []);
  clock.advance(1);
  assert.deepEqual(closed, [1006]);
  assert.equal(inner.last().closedBy, 1000);
});

Deno.test("a tab that is opened in the background is brought up to now, and then holds nothing", () => {
  const { clock, inner } = setUp(false);
  inner.last().welcome();
  clock.advance(HIDDEN_AT_FIRST_MS - 1);
  assert.equal(inner.last().closedBy, undefined);
  clock.advance(1);
  assert.equal(inner.last().closedBy, 1000);
});

Deno.test("what ends the connection ends the session; what was closed while hidden does not", () => {
  const { inner, closed, show } = setUp();
  inner.last().welcome();
  show(false);
  inner.connections[0]?.close(1006);
  assert.deepEqual(closed, []);
  show(true);
  inner.last().close(4401);
  assert.deepEqual(closed, [4401]);
  show(false);
  show(true);
  assert.equal(inner.connections.length, 2);
});
