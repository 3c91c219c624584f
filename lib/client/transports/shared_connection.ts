/**
 * The one connection that the tabs of a person share, in the tab that leads: it follows what any of them wants, from
 * the tail on, and sends all of them its frames. Each tab goes on from its own positions.
 */
import type { ServerFrame, ServerFrames } from "../../protocol/frames.ts";
import { WATCH_MAX } from "../../protocol/frames.ts";
import { NOW } from "../../protocol/streams.ts";
import type { Transport } from "../connection/transport.ts";
import type { ToLeader } from "./tab_messages.ts";

/** Beyond so many tabs the one that was silent for longest is forgotten, until it asks again. */
const TABS_MAX = 64;
/** The id of the call by which a transport finds out that it is signed out. */
const PROBE_ID = 0;

export interface SharedConnectionDeps {
  transport: Transport;
  /** The one that leads; never forgotten. */
  tab: string;
  /** Sends a frame to all tabs, or to one; this one too. */
  send(frame: ServerFrame, to?: string): void;
  /** Answers a tab that asked. */
  here(to: string): void;
  opened(): void;
  closed(code: number): void;
}

export interface SharedConnection {
  receive(message: ToLeader): void;
  wake(): void;
  close(code: number): void;
}

interface Want {
  streams: readonly string[];
  users: readonly string[];
}

export function createSharedConnection(
  { transport, tab: mine, send, here, opened, closed }: SharedConnectionDeps,
): SharedConnection {
  const wants = new Map<string, Want>();
  /** Streams that the connection follows. */
  const followed = new Set<string>();
  /** The offset of each stream whose delivery began. */
  const offsets = new Map<string, string>();
  const state = createLatestState();
  let watched = "";
  let welcome: ServerFrames["welcome"] | undefined;

  const inner = transport.connect({ frame, opened, closed });

  /** Puts the tab behind the others, as the one that was heard last. */
  function remember(tab: string, it: Want) {
    wants.delete(tab);
    wants.set(tab, it);
    const oldest = [...wants.keys()].find((one) => one !== mine);
    if (wants.size > TABS_MAX && oldest !== undefined) wants.delete(oldest);
  }

  function frame(it: ServerFrame) {
    switch (it.t) {
      case "reply":
      case "pong":
        return; // Each tab asks for itself.
      case "welcome":
        welcome = it;
        followed.clear();
        offsets.clear();
        watched = "";
        send(it);
        return update();
      case "followed":
        offsets.set(it.stream, it.offset);
        break;
      case "events":
        offsets.set(it.stream, it.to);
        break;
      case "gone":
        offsets.delete(it.stream);
        followed.delete(it.stream);
        break;
      default:
        state.take(it);
    }
    send(it);
  }

  /** Follows and watches what all together want. */
  function update() {
    if (!welcome) return;
    const all = new Set([...wants.values()].flatMap((it) => it.streams));
    const fresh = [...all].filter((it) => !followed.has(it));
    const stale = [...followed].filter((it) => !all.has(it));
    for (const stream of fresh) followed.add(stream);
    for (const stream of stale) {
      followed.delete(stream);
      offsets.delete(stream);
    }
    if (stale.length > 0) inner.send({ t: "unfollow", streams: stale });
    if (fresh.length > 0) inner.send({ t: "follow", streams: Object.fromEntries(fresh.map((it) => [it, NOW])) });
    const users = [...new Set([...wants.values()].flatMap((it) => it.users))].sort().slice(0, WATCH_MAX);
    if (users.join(" ") === watched) return;
    watched = users.join(" ");
    inner.send({ t: "watch", users });
  }

  return {
    receive(message) {
      const { tab } = message;
      const known = wants.get(tab);
      switch (message.t) {
        case "look":
          return inner.send({ t: "call", id: PROBE_ID, name: "auth.me", body: {} });
        case "left":
          wants.delete(tab);
          return update();
        case "there":
        case "hello":
          here(tab);
          if (known) remember(tab, known);
          if (message.t === "there" && known) return;
          // A tab that was forgotten is welcomed too, so that it says again what it wants.
          if (welcome) [welcome, ...state.frames()].forEach((it) => send(it, tab));
          return;
        case "want": {
          const { streams, users } = message;
          remember(tab, { streams, users });
          for (const stream of streams) {
            const offset = offsets.get(stream);
            if (offset !== undefined) send({ t: "followed", stream, offset, head: offset }, tab);
          }
          return update();
        }
      }
    },
    wake: () => inner.wake?.(),
    close: (code) => inner.close(code),
  };
}

/** The latest state, for a tab that comes later. */
function createLatestState() {
  let digest: ServerFrames["digest"] | undefined;
  let presence: ServerFrames["presence"] | undefined;
  const typing = new Map<string, ServerFrames["typing"]>();
  return {
    take(it: ServerFrame) {
      if (it.t === "digest") digest = { t: "digest", rooms: { ...digest?.rooms, ...it.rooms } };
      if (it.t === "presence") presence = { t: "presence", users: { ...presence?.users, ...it.users } };
      if (it.t === "typing" && it.users.length > 0) typing.set(it.room, it);
      else if (it.t === "typing") typing.delete(it.room);
    },
    frames: (): ServerFrame[] => [digest, presence, ...typing.values()].filter((it) => it !== undefined),
  };
}
