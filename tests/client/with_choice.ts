/** A live client over a transport choice whose WebSocket, long-poll, probe and clock are the test's. */
import { createFallback } from "../../lib/client/connection/fallback.ts";
import { createHistory } from "../../lib/client/connection/history.ts";
import { createLiveClient } from "../../lib/client/connection/live_client.ts";
import type { Probe } from "../../lib/client/connection/post.ts";
import type { Because } from "../../lib/client/connection/transport.ts";
import { createTransportChoice } from "../../lib/client/connection/transport_choice.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { message, offset, sent } from "./samples.ts";
import { createScriptedTransport, type ScriptedTransport } from "./scripted_transport.ts";

export const room = "room:r1";

export interface ChoiceOptions {
  remembered?: Because;
  isLoadable?: boolean;
  silence?: number;
}

export function withChoice({ remembered, isLoadable = true, silence }: ChoiceOptions = {}) {
  const clock = createFakeClock();
  const history = createHistory(clock);
  const ws = createScriptedTransport();
  const poll = createScriptedTransport("poll");
  const network: { answer: Probe | Promise<Probe> } = { answer: "ok" };
  const memory: { because: Because | undefined } = { because: remembered };
  const probe = () => Promise.resolve(network.answer);
  const random = () => 0.5;
  const transport = createTransportChoice({
    preferred: ws,
    probe,
    clock,
    random,
    silence,
    history,
    load: () =>
      isLoadable
        ? Promise.resolve(createFallback({ preferred: ws, transport: poll, clock, random, history }))
        : Promise.reject(new Error("no chunk")),
    memory: {
      recall: () => memory.because,
      remember: (because) => void (memory.because = because),
      forget: () => void (memory.because = undefined),
    },
  });
  const post = () => Promise.reject(new Refusal("unavailable", "posted"));
  const live = createLiveClient({ transport, probe, post, clock, random, history });
  const seqs: number[] = [];
  live.follow(room, offset(0), { events: (events) => void seqs.push(...events.map((it) => it.seq)), gone: () => {} });

  /** Time passes, with every promise settled before and behind each step. */
  async function pass(ms: number, step = 250) {
    await settled();
    for (let left = ms; left > 0; left -= step) {
      clock.advance(Math.min(step, left));
      await settled();
    }
  }
  return { clock, ws, poll, network, memory, live, seqs, pass };
}

/** The server's side of a session that begins: welcome, the answer to a ping, and delivery from `at`. */
export function begin(transport: ScriptedTransport, at = 0) {
  transport.last().welcome();
  pong(transport);
  transport.last().say({ t: "followed", stream: room, offset: offset(at), head: offset(at) });
}

export function pong(transport: ScriptedTransport) {
  const [ping] = transport.last().all("ping").slice(-1);
  if (ping) transport.last().say({ t: "pong", id: ping.id });
}

export function events(transport: ScriptedTransport, from: number, to: number, index = -1) {
  const list = Array.from({ length: to - from }, (_, i) => sent(message(from + 1 + i)));
  transport.connections.at(index)?.say({
    t: "events",
    stream: room,
    from: offset(from),
    to: offset(to),
    events: list,
  });
}
