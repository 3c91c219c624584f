/** Tabs of one browser, each with its shared transport, over a server and a clock that are the test's. */
import assert from "node:assert/strict";
import { createSharedTransport } from "../../lib/client/transports/shared.ts";
import type { Connection } from "../../lib/client/connection/transport.ts";
import { Refusal, toProblem } from "../../lib/protocol/errors.ts";
import type { ServerFrame } from "../../lib/protocol/frames.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { createFakeTabs, type FakeTab } from "./fake_tabs.ts";
import { message, offset, sent } from "./samples.ts";
import { createScriptedTransport, type ScriptedTransport } from "./scripted_transport.ts";

export const room = "room:r1";

export const frameOf = (from: number, to: number): ServerFrame => ({
  t: "events",
  stream: room,
  from: offset(from),
  to: offset(to),
  events: Array.from({ length: to - from }, (_, at) => sent(message(from + 1 + at))),
});

export interface Client {
  tab: FakeTab;
  inner: ScriptedTransport;
  connection: Connection;
  seqs: number[];
  frames: ServerFrame[];
  closed: number[];
}

/** A stored stream that ends at `head`, and tabs that follow it from where they like. */
export function withTabs() {
  const clock = createFakeClock();
  const tabs = createFakeTabs();
  const stored = { head: 3, isSignedIn: true };
  const pulls: Record<string, string>[] = [];
  let opened = 0;

  const answer = (path: string, body: unknown) => {
    if (!stored.isSignedIn) return toProblem(new Refusal("unauthenticated", "Cannot do that: not signed in"));
    assert.equal(path, "/live/poll");
    const { streams } = body as { streams: Record<string, string> };
    pulls.push(streams);
    const at = Number(streams[room]?.split("_")[1] ?? stored.head);
    if (at > stored.head) {
      return { frames: [{ t: "gone", stream: room, reason: "epoch", head: offset(stored.head) }], streams: {} };
    }
    const frames = streams[room] !== undefined && at < stored.head ? [frameOf(at, stored.head)] : [];
    return { frames, streams: streams[room] === undefined ? {} : { [room]: offset(stored.head) } };
  };

  async function open(from: number): Promise<Client> {
    const tab = tabs.open();
    const inner = createScriptedTransport("poll");
    const seqs: number[] = [];
    const frames: ServerFrame[] = [];
    const closed: number[] = [];
    let position = offset(from);
    const transport = createSharedTransport({
      me: "me",
      clock,
      fetch: (path, init) =>
        Promise.resolve(
          Response.json(answer(path, JSON.parse(String(init.body))), { status: stored.isSignedIn ? 200 : 401 }),
        ),
      transport: inner,
      tabs: tab,
      newKey: () => `tab-${++opened}`,
    });
    const connection: Connection = transport.connect({
      frame(frame) {
        frames.push(frame);
        // As the live client does: all is followed from its position, and a frame counts only there.
        if (frame.t === "welcome") connection.send({ t: "follow", streams: { [room]: position } });
        if (frame.t !== "events") return;
        assert.equal(frame.from, position);
        position = frame.to;
        seqs.push(...frame.events.map((it) => it.seq));
      },
      closed: (code) => void closed.push(code),
    });
    await settled();
    return { tab, inner, connection, seqs, frames, closed };
  }

  /** The server's side of the one connection. */
  async function lead({ inner }: Client) {
    inner.last().welcome();
    await settled();
    inner.last().say({ t: "followed", stream: room, offset: offset(stored.head), head: offset(stored.head) });
    await settled();
  }

  async function happens({ inner }: Client, count: number) {
    const from = stored.head;
    stored.head += count;
    inner.last().say(frameOf(from, stored.head));
    await settled();
  }
  return { clock, tabs, stored, pulls, open, lead, happens };
}
