/**
 * The positions that this client holds in its streams, and the one rule by which they move (lib/protocol/README.md §5):
 * a frame is applied only at its position. Whatever breaks, a stream goes on from the position, so nothing is lost or
 * doubled.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Event } from "../../protocol/events.ts";
import type { ClientFrame, GoneReason, ServerFrames } from "../../protocol/frames.ts";
import { isWord } from "../../protocol/streams.ts";

export interface Follower {
  /** Gets the events in order, each once. `to` is the position behind them. */
  events(events: Event[], to: string): void;
  /** Nothing more comes; the stream is no longer followed. Load afresh, or leave (`removed`, `not_found`). */
  gone(reason: GoneReason): void;
  /** Delivery began, also after each reconnect. */
  followed?(): void;
}

/** How far this client has come in a stream. */
export interface Sync {
  /** The seq of the last event that came. */
  seq?: number;
  /** Delivery has begun: new events come by themselves. */
  isLive: boolean;
}

export interface Following {
  /** The state of each followed stream. */
  sync: ReadonlySignal<ReadonlyMap<string, Sync>>;
  follow(stream: string, offset: string, follower: Follower): void;
  unfollow(stream: string): void;
  position(stream: string): string | undefined;
  /** A session began: everything is followed again from where it is. */
  resume(): void;
  frame(frame: ServerFrames["followed"] | ServerFrames["events"] | ServerFrames["gone"]): void;
}

interface Followed {
  position: string;
  follower: Follower;
  /** Until `followed` answers, frames belong to an earlier follow. */
  asked: boolean;
  healing: boolean;
  seq?: number;
}

export function createFollowing(
  { send, healed }: { send(frame: ClientFrame): void; healed(): void },
): Following {
  const streams = new Map<string, Followed>();
  const sync = signal<ReadonlyMap<string, Sync>>(new Map());
  const publish = () =>
    void (sync.value = new Map([...streams].map(([name, { seq, asked }]) => [name, { seq, isLive: !asked }])));

  function ask(names: Iterable<string>) {
    const positions: Record<string, string> = {};
    for (const name of names) {
      const one = streams.get(name);
      if (!one) continue;
      one.asked = true;
      positions[name] = one.position;
    }
    publish();
    if (Object.keys(positions).length > 0) send({ t: "follow", streams: positions });
  }

  function began(frame: ServerFrames["followed"]) {
    const one = streams.get(frame.stream);
    if (!one || (!isWord(one.position) && frame.offset !== one.position)) return;
    one.position = frame.offset;
    one.asked = false;
    publish();
    if (one.healing) healed();
    one.healing = false;
    one.follower.followed?.();
  }

  function came(frame: ServerFrames["events"]) {
    const one = streams.get(frame.stream);
    if (!one || one.asked) return;
    if (frame.from === one.position) {
      one.position = frame.to;
      one.seq = frame.events.at(-1)?.seq ?? one.seq;
      publish();
      return one.follower.events(frame.events, frame.to);
    }
    if (frame.to <= one.position) return; // Offsets of a stream sort as text, so this one is old.
    one.healing = true;
    ask([frame.stream]);
  }

  return {
    sync,
    follow(stream, position, follower) {
      streams.set(stream, { position, follower, asked: true, healing: false });
      ask([stream]);
    },
    unfollow(stream) {
      if (!streams.delete(stream)) return;
      publish();
      send({ t: "unfollow", streams: [stream] });
    },
    position: (stream) => streams.get(stream)?.position,
    resume: () => ask(streams.keys()),
    frame(frame) {
      if (frame.t === "followed") return began(frame);
      if (frame.t === "events") return came(frame);
      const one = streams.get(frame.stream);
      streams.delete(frame.stream);
      publish();
      one?.follower.gone(frame.reason);
    },
  };
}
