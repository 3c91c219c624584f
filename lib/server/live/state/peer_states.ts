/**
 * The states of the other instances. They are read when a watch yields, and every 5 s for lost changes. Clocks are not
 * compared: an instance whose state stays the same for too long is dead, and its people are gone from there.
 */
import type { Cancel } from "../clock.ts";
import type { ClusterOptions, InstanceState, StoredState } from "./cluster_state.ts";
import { createWatching } from "../streams/watching.ts";

const GATHER_MS = 100; // changes within this are read together
const READ_MS = 5_000; // between two reads without a change
const DEAD_MS = 15_000; // each instance writes every 5 s

interface Other {
  version: string | undefined;
  /** How long it has not changed, ms; time without storage doesn't count. */
  quiet: number;
  parts: { count: number; people: Set<string> }[];
  typing: InstanceState["typing"];
}

export function createPeerStates(instance: string, options: ClusterOptions): { close(): void } {
  const { clock, store, failed } = options;
  const others = new Map<string, Other>();
  let readAt = clock.now();
  let cancel: Cancel | undefined;
  let gathering = false;
  let reading = false;
  let closed = false;

  function changed(): void {
    if (gathering || closed) return;
    gathering = true;
    if (!reading) schedule(GATHER_MS);
  }

  function schedule(ms: number): void {
    cancel?.();
    if (!closed) cancel = clock.after(ms, read);
  }

  async function read(): Promise<void> {
    [reading, gathering] = [true, false];
    try {
      await takeAll(await store.states());
    } catch (error) {
      if (!closed) failed(error);
    }
    reading = false;
    schedule(gathering ? GATHER_MS : READ_MS);
  }

  async function takeAll(states: StoredState[]): Promise<void> {
    const since = Math.min(clock.now() - readAt, READ_MS);
    readAt = clock.now();
    for (const { instance: name, version, state } of states) {
      if (name === instance) continue;
      const other = others.get(name) ?? { version: undefined, quiet: 0, parts: [], typing: [] };
      others.set(name, other);
      if (version !== other.version) {
        await take(name, other, state);
        [other.version, other.quiet] = [version, 0];
      } else {
        const was = other.quiet;
        other.quiet += since;
        if (was < DEAD_MS && other.quiet >= DEAD_MS) await forgetDead(name, other);
      }
      if (closed) return;
    }
    const there = new Set(states.map((it) => it.instance));
    for (const [name, other] of others) {
      if (there.has(name)) continue;
      others.delete(name);
      empty(other);
    }
  }

  async function take(name: string, other: Other, { parts, typing }: InstanceState): Promise<void> {
    const changed = parts.flatMap((count, part) => other.parts[part]?.count === count ? [] : [part]);
    const lists = changed.length > 0 ? await store.people(name, changed) : [];
    if (closed) return;
    changed.forEach((part, at) => {
      const [was, is] = [other.parts[part]?.people ?? new Set(), new Set(lists[at])];
      for (const user of is.difference(was)) options.came(user);
      for (const user of was.difference(is)) options.went(user);
      other.parts[part] = { count: parts[part] ?? 0, people: is };
    });
    const known = new Map(other.typing.map(([room, user, count]) => [`${room} ${user}`, count]));
    for (const [room, user, count] of typing) {
      if (known.get(`${room} ${user}`) !== count) options.typed(room, user);
      known.delete(`${room} ${user}`);
    }
    for (const [room, user] of other.typing) if (known.has(`${room} ${user}`)) options.stopped(room, user);
    other.typing = typing;
  }

  /** Forgets the people of a dead instance, and deletes its state; an instance that is alive writes it again. */
  async function forgetDead(name: string, other: Other): Promise<void> {
    empty(other);
    await store.remove(name);
  }

  function empty(other: Other): void {
    if (closed) return;
    for (const { people } of other.parts) for (const user of people) options.went(user);
    for (const [room, user] of other.typing) options.stopped(room, user);
    [other.parts, other.typing] = [[], []];
  }

  const watching = createWatching(() => store.watch(), changed, clock);
  watching.reopen();
  schedule(0);
  return {
    close() {
      closed = true;
      cancel?.();
      watching.close();
    },
  };
}
