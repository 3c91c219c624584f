/**
 * The one connection that the tabs of a person share, in the tab that leads: it follows what any of them wants, from
 * the tail on, and tells all of them its frames. Each goes on from its own positions by itself.
 */
import type { ServerFrame, ServerFrames } from "../../protocol/frames.ts";
import { WATCH_MAX } from "../../protocol/frames.ts";
import { NOW } from "../../protocol/streams.ts";
import type { Transport } from "../connection/transport.ts";
import type { ToLeader } from "./tab_messages.ts";

/** More tabs than this are not told apart: the one that was silent for longest is forgotten, until it asks again. */
const TABS_MAX = 64;
/** The call by which a transport finds itself signed out. */
const LOOK = 0;

export interface SharedConnectionDeps {
  transport: Transport;
  /** The one that leads; never forgotten. */
  tab: string;
  /** Tells all tabs, or one; this one too. */
  tell(frame: ServerFrame, to?: string): void;
  /** Answers a tab that asked. */
  here(to: string): void;
  opened(): void;
  closed(code: number): void;
}

export interface SharedConnection {
  heard(message: ToLeader): void;
  wake(): void;
  close(code: number): void;
}

interface Want {
  streams: readonly string[];
  users: readonly string[];
}

export function createSharedConnection(
  { transport, tab: mine, tell, here, opened, closed }: SharedConnectionDeps,
): SharedConnection {
  const wants = new Map<string, Want>();
  /** Streams asked for. */
  const asked = new Set<string>();
  /** How far each that began has come. */
  const places = new Map<string, string>();
  const latest = createLatest();
  let watched = "";
  let welcome: ServerFrames["welcome"] | undefined;

  const inner = transport.connect({ frame, opened, closed });

  /** Behind the others, as the latest. */
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
        asked.clear();
        places.clear();
        watched = "";
        tell(it);
        return update();
      case "followed":
        places.set(it.stream, it.offset);
        break;
      case "events":
        places.set(it.stream, it.to);
        break;
      case "gone":
        places.delete(it.stream);
        asked.delete(it.stream);
        break;
      default:
        latest.take(it);
    }
    tell(it);
  }

  /** Follows and watches what all together want. */
  function update() {
    if (!welcome) return;
    const all = new Set([...wants.values()].flatMap((it) => it.streams));
    const fresh = [...all].filter((it) => !asked.has(it));
    const stale = [...asked].filter((it) => !all.has(it));
    for (const stream of fresh) asked.add(stream);
    for (const stream of stale) {
      asked.delete(stream);
      places.delete(stream);
    }
    if (stale.length > 0) inner.send({ t: "unfollow", streams: stale });
    if (fresh.length > 0) inner.send({ t: "follow", streams: Object.fromEntries(fresh.map((it) => [it, NOW])) });
    const users = [...new Set([...wants.values()].flatMap((it) => it.users))].sort().slice(0, WATCH_MAX);
    if (users.join(" ") === watched) return;
    watched = users.join(" ");
    inner.send({ t: "watch", users });
  }

  return {
    heard(message) {
      const { tab } = message;
      const known = wants.get(tab);
      switch (message.t) {
        case "look":
          return inner.send({ t: "call", id: LOOK, name: "auth.me", body: {} });
        case "left":
          wants.delete(tab);
          return update();
        case "there":
        case "hello":
          here(tab);
          if (known) remember(tab, known);
          if (message.t === "there" && known) return;
          // One that was forgotten is welcomed too, so that it says anew what it wants.
          if (welcome) [welcome, ...latest.frames()].forEach((it) => tell(it, tab));
          return;
        case "want": {
          const { streams, users } = message;
          remember(tab, { streams, users });
          for (const stream of streams) {
            const offset = places.get(stream);
            if (offset !== undefined) tell({ t: "followed", stream, offset, head: offset }, tab);
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
function createLatest() {
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
