/** The topics of this process: one for each stream that is followed, kept a while for those who reconnect. */
import type { Head, Join, Log, WireEvent } from "../../log/log.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { Follower } from "./follower.ts";
import { Rings } from "./rings.ts";
import { createTopic, type Topic } from "./topic.ts";

const NOBODY: ReadonlySet<Follower> = new Set();
const KEPT_MS = 30_000; // a topic without followers is kept for those who reconnect

export interface Topics {
  /** The stream's topic, opened if it isn't yet. */
  open(stream: string): Topic;
  has(stream: string): boolean;
  /** The stream's topic, if it is open. */
  get(stream: string): Topic | undefined;
  followers(stream: string): ReadonlySet<Follower>;
  register(follower: Follower): void;
  unregister(follower: Follower): void;
  /** Nobody holds the topic open any more. */
  letGo(stream: string): void;
  close(): void;
}

export interface TopicsOptions {
  clock: Clock;
  log: Log;
  join: Join;
  opened(stream: string): void;
  closed(stream: string): void;
  /** Whether a topic stays open though nobody follows it. */
  isHeld(stream: string): boolean;
  /** Events were added to a topic's ring (none: they were no longer kept); `followers` are those of now. */
  grown(stream: string, followers: ReadonlySet<Follower>, events: WireEvent[], head: Head): void;
}

interface Open {
  topic: Topic;
  followers: Set<Follower>;
  keeping?: Cancel;
}

export function createTopics({ clock, log, join, opened, closed, isHeld, grown }: TopicsOptions): Topics {
  const open = new Map<string, Open>();
  const rings = new Rings();

  function forget(stream: string): void {
    open.get(stream)?.topic.close();
    open.delete(stream);
    closed(stream);
  }

  function letGo(stream: string): void {
    const it = open.get(stream);
    if (!it || it.followers.size > 0 || isHeld(stream)) return;
    it.keeping?.();
    // An empty topic goes at once: a client that asks for streams that do not exist must not fill memory.
    if (it.topic.tail().seq === 0) forget(stream);
    else it.keeping = clock.after(KEPT_MS, () => isHeld(stream) || forget(stream));
  }

  return {
    open(stream) {
      const found = open.get(stream);
      if (found) return found.topic;
      const followers = new Set<Follower>();
      const topic = createTopic({
        stream,
        clock,
        log,
        join,
        rings,
        grown: (events, head) => grown(stream, followers, events, head),
      });
      const made: Open = { topic, followers };
      // Waiting followers get the error; the next one opens it again.
      topic.ready.catch(() => open.get(stream) === made && forget(stream));
      open.set(stream, made);
      opened(stream);
      return topic;
    },
    has: (stream) => open.has(stream),
    get: (stream) => open.get(stream)?.topic,
    followers: (stream) => open.get(stream)?.followers ?? NOBODY,
    register(follower) {
      const it = open.get(follower.topic.stream);
      it?.keeping?.();
      it?.followers.add(follower);
    },
    unregister(follower) {
      const { stream } = follower.topic;
      if (open.get(stream)?.followers.delete(follower)) letGo(stream);
    },
    letGo,
    close() {
      for (const { topic, keeping } of open.values()) {
        topic.close();
        keeping?.();
      }
    },
  };
}
