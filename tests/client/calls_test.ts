import assert from "node:assert/strict";
import { CALL_DEADLINE_MS, CALLS_WAITING_MAX, createCalls } from "../../lib/client/connection/calls.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { CALLS_MAX, type ClientFrame, FRAME_BYTES_MAX } from "../../lib/protocol/frames.ts";
import { createFakeClock } from "./fake_clock.ts";
import { message } from "./samples.ts";
import { createScriptedTransport } from "./scripted_transport.ts";

function setUp() {
  const clock = createFakeClock();
  const transport = createScriptedTransport();
  const connection = transport.connect({
    frame: (frame) => frame.t === "reply" && calls.reply(frame),
    closed: () => calls.drop(),
  });
  const calls = createCalls({ clock, send: connection.send });
  return { calls, clock, server: transport.last() };
}

Deno.test("at most 64 calls are under way, the others wait their turn", async () => {
  const { calls, server } = setUp();
  const all = Array.from({ length: CALLS_MAX + 2 }, () => calls.call("presence.typing", { room: "r1" }));
  assert.equal(server.open("presence.typing").length, CALLS_MAX);
  server.reply("presence.typing", {});
  assert.equal(server.all("call").length, CALLS_MAX + 1);
  while (server.open("presence.typing").length > 0) server.reply("presence.typing", {});
  assert.equal((await Promise.all(all)).length, CALLS_MAX + 2);
});

Deno.test("a call gets its own reply, its refusal, or unavailable at its deadline and when the session ends", async () => {
  const { calls, server, clock } = setUp();
  const [first, second, late, cut] = [1, 2, 3, 4].map((seq) => calls.call("messages.get", { room: "r1", seq }));
  const open = server.open("messages.get");
  assert.equal(open.length, 4);
  server.say({ t: "reply", id: open[1]?.id ?? 0, result: { message: message(2) } });
  server.reply("messages.get", new Refusal("not_found", "Cannot get message: it is not there"));
  await assert.rejects(first ?? Promise.resolve(), { code: "not_found" });
  assert.equal((await second)?.message.seq, 2);
  void cut?.catch(() => {});
  clock.advance(CALL_DEADLINE_MS - 1_000);
  const ended = calls.call("messages.get", { room: "r1", seq: 5 });
  clock.advance(1_000);
  await assert.rejects(late ?? Promise.resolve(), { code: "unavailable" });
  calls.drop();
  await assert.rejects(ended, { code: "unavailable" });
});

Deno.test("an answer of another shape is refused, not passed on", async () => {
  const { calls, server } = setUp();
  const call = calls.call("messages.get", { room: "r1", seq: 1 });
  server.reply("messages.get", { message: { seq: "1" } });
  await assert.rejects(call, { code: "internal" });
});

Deno.test("calls past those that may wait are refused at once", async () => {
  const { calls } = setUp();
  const all = Array.from(
    { length: CALLS_MAX + CALLS_WAITING_MAX },
    () => calls.call("presence.typing", { room: "r1" }),
  );
  await assert.rejects(calls.call("presence.typing", { room: "r1" }), { code: "rate_limited" });
  calls.drop();
  assert.equal((await Promise.allSettled(all)).filter((it) => it.status === "rejected").length, all.length);
});

Deno.test("a call over what one frame takes, counted in bytes of UTF-8, is refused here and not sent", async () => {
  const { calls, server } = setUp();
  const body = (text: string) => ({ room: "r1", text, key: "key-number-00001" });
  const bytes = (frame?: ClientFrame) => new TextEncoder().encode(JSON.stringify(frame)).length;
  const first = calls.call("messages.send", body("é"));
  const fits = (FRAME_BYTES_MAX - bytes(server.sent.at(-1))) / 2;
  const second = calls.call("messages.send", body("é".repeat(1 + fits)));
  assert.equal(bytes(server.sent.at(-1)), FRAME_BYTES_MAX);
  await assert.rejects(calls.call("messages.send", body("é".repeat(2 + fits))), { code: "too_large" });
  await assert.rejects(calls.call("messages.send", body("\u0001".repeat(15_000))), { code: "too_large" });
  assert.equal(server.sent.length, 2);
  calls.drop();
  await Promise.allSettled([first, second]);
});
