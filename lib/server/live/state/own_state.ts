/** The state of this instance: written soon after it changes, and every 5 s as a sign of life. */
import type { Cancel } from "../clock.ts";
import type { Cluster, ClusterOptions, InstanceState } from "./cluster_state.ts";

export const PARTS = 16; // lists of people, so that a person who connects changes only a part of ten thousand
const PART_PEOPLE_MAX = 2_400; // of 20 characters: below a value's 60 KiB; people past 16 times these are left out
const TYPING_MAX = 200; // published at once; more is shown only at this instance
const TYPING_GATHER_MS = 250; // changes within this are written together
const PEOPLE_GATHER_MS = 2_000; // polls begin and end, each at any instance
export const BEAT_MS = 5_000; // between two signs of life

export function createOwnState(
  instance: string,
  { clock, store, failed }: Pick<ClusterOptions, "clock" | "store" | "failed">,
): Cluster {
  const parts = Array.from({ length: PARTS }, () => new Set<string>());
  const counts = Array.from({ length: PARTS }, () => 0);
  const typing = new Map<string, InstanceState["typing"][number]>();
  const changed = new Set<number>(); // parts not written yet
  let typed = 0;
  let before: string | undefined; // the stored version; undefined if the state has to be written whole
  let cancel: Cancel | undefined;
  let dueAt = Infinity;
  let writing = false;
  let over = false;

  const isEmpty = () => typing.size === 0 && parts.every((people) => people.size === 0);

  /** Writes after so many ms, or sooner where that was due already. */
  function due(ms: number): void {
    const at = clock.now() + ms;
    if (over || at >= dueAt) return;
    cancel?.();
    dueAt = at;
    cancel = clock.after(ms, () => write().catch(failed));
  }

  async function write(): Promise<void> {
    dueAt = Infinity;
    if (writing) return due(TYPING_GATHER_MS);
    writing = true;
    try {
      if (!isEmpty()) return await put();
      if (before !== undefined) await store.remove(instance);
      before = undefined;
    } catch (error) {
      before = undefined; // the stored version is unknown now
      throw error;
    } finally {
      writing = false;
      if (!isEmpty() || before !== undefined) due(BEAT_MS);
    }
  }

  async function put(): Promise<void> {
    const unwritten = before === undefined ? counts.keys() : changed.values();
    const people = new Map([...unwritten].map((part) => [part, [...parts[part] ?? []].slice(0, PART_PEOPLE_MAX)]));
    for (const part of people.keys()) counts[part] = (counts[part] ?? 0) + 1;
    changed.clear();
    const state = { parts: [...counts], typing: [...typing.values()].slice(0, TYPING_MAX) };
    before = await store.write(instance, { board: state, people, before });
    // Another instance took this one for dead, and deleted its state.
    if (before === undefined) due(TYPING_GATHER_MS);
  }

  return {
    came(user) {
      const part = partOf(user);
      parts[part]?.add(user);
      changed.add(part);
      due(PEOPLE_GATHER_MS);
    },
    went(user) {
      const part = partOf(user);
      parts[part]?.delete(user);
      changed.add(part);
      due(PEOPLE_GATHER_MS);
    },
    typed(room, user) {
      typing.set(`${room} ${user}`, [room, user, ++typed]);
      due(TYPING_GATHER_MS);
    },
    stopped(room, user) {
      if (typing.delete(`${room} ${user}`)) due(TYPING_GATHER_MS);
    },
    leave() {
      over = true;
      cancel?.();
      if (before !== undefined) store.remove(instance).catch(failed);
    },
    close() {
      over = true;
      cancel?.();
    },
  };
}

function partOf(user: string): number {
  let sum = 0;
  for (let at = 0; at < user.length; at++) sum = (sum * 31 + user.charCodeAt(at)) % PARTS;
  return sum;
}
