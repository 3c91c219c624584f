/**
 * Turns the members of one batch into one atomic. Events get their seqs in order, each head is checked and set once
 * (with a fence only one is checked), and a member is left out if its authority or a key that it checks changed before
 * its turn.
 */
import type { Write } from "../kv/database.ts";
import { type KvSet, setAt, type ValueAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { jsonOfHead } from "./encoded.ts";
import type { AnyEvent, WireEvent } from "./events.ts";
import type { HeadEntry } from "./heads.ts";
import { flush } from "./segments.ts";
import type { Append, Appended, AppendSlot, Head } from "./types.ts";

export interface Member {
  /** Every stream that it may append to. */
  streams: string[];
  append: Append<unknown, AnyEvent>;
  /** Those of the append's checks that storage must make. */
  due: Deno.AtomicCheck[];
}

export interface Batch<M extends Member> {
  write: Write;
  /** Members that the write holds, and members that must be planned again. */
  kept: M[];
  stale: M[];
  appended: Appended[];
  /**
   * Shows whether the batch has landed: a stream whose head it checks, and the seq there of the event that carries the
   * batch's id, undefined where it appends none.
   */
  mark: { stream: string; seq: number | undefined };
}

/** Builds the atomic for `members` on the given heads. Pure but for `makeTag`. */
export function build<M extends Member>(
  members: M[],
  heads: Map<string, HeadEntry>,
  options: { id: string; at: number; makeTag: () => string; fence: Deno.AtomicCheck | undefined },
): Batch<M> {
  const state = new Map<string, { head: Head; next: string; events: WireEvent[]; changed: boolean }>();
  for (const [stream, { head }] of heads) {
    state.set(stream, { head: { ...head, tail: [...head.tail] }, next: options.makeTag(), events: [], changed: false });
  }
  const sets = new Map<string, KvSet>();
  const deletes = new Map<string, Deno.KvKey>();
  const checks = options.fence ? [options.fence] : [];
  const touched = new Set<string>();
  const latest = new Map<string, AnyEvent>();
  const kept: M[] = [];
  const stale: M[] = [];
  let mark: Batch<M>["mark"] | undefined;

  const at = (stream: string) => {
    const found = state.get(stream);
    if (!found) throw new RangeError(`Cannot append: stream ${stream} was not named`);
    return found;
  };
  const slotOf = (stream: string): AppendSlot => {
    const { head, next } = at(stream);
    return {
      seq: head.seq + 1,
      tag: next,
      n: head.n + 1,
      at: options.at,
      latest: (name) =>
        (latest.get(`${stream}\0${name}`) ?? head.tail.findLast((event) => event.latest === name))?.data,
      written: writtenAt,
    };
  };
  // The signature states what `setAt` has checked: the value is one of the key's.
  function writtenAt<K extends Deno.KvKey>(key: K): { value: ValueAt<K> | undefined } | undefined;
  function writtenAt(key: Deno.KvKey): { value: unknown } | undefined {
    const text = keyText(key);
    return touched.has(text) ? { value: sets.get(text)?.value } : undefined;
  }
  const put = (it: AnyEvent) => {
    const stream = at(it.stream);
    const head = stream.head;
    head.seq += 1;
    head.tag = stream.next;
    stream.next = options.makeTag();
    if (it.numbered) head.n += 1;
    // A stream's first event is the making of what it is about, so an empty room's lastAt is its createdAt.
    if (it.numbered || head.seq === 1) head.lastAt = options.at;
    if (it.authority) head.authority = head.seq;
    if (it.revises) head.rev = head.seq;
    if (it.member) head.members = (head.members ?? 0) + it.member;
    stream.changed = true;
    const event = { seq: head.seq, tag: head.tag, type: it.type, at: options.at, by: it.by };
    const about = it.about === undefined ? {} : { about: it.about };
    const batch = mark ? {} : { batch: options.id };
    mark ??= { stream: it.stream, seq: head.seq };
    const named = it.compactionKey === undefined ? {} : { latest: it.compactionKey };
    const made = it.document ? { document: it.document } : {};
    head.tail.push({ ...event, data: it.data, ...about, ...named, ...made, ...batch });
    stream.events.push({ ...event, data: it.live ?? it.data, ...about });
  };

  /** Removes an older document from the heads, so that it cannot overwrite what is written at its key now. */
  const supersede = (key: string) => {
    for (const { head } of state.values()) {
      head.tail = head.tail.map((event) => {
        if (!event.document || keyText(event.document.key) !== key) return event;
        const { document: _superseded, ...rest } = event;
        return rest;
      });
    }
  };
  const documents = [...heads.values()].flatMap(({ head }) => head.tail.flatMap(({ document }) => document ?? []));
  const kinds = new Set<unknown>(documents.map(({ key: [kind] }) => kind));
  let standing: Set<string> | undefined; // most batches write no document that there is
  const isStanding = (kind: unknown, text: string) => {
    if (!kinds.has(kind)) return false;
    standing ??= new Set(documents.map(({ key }) => keyText(key)));
    return standing.has(text);
  };

  for (const member of members) {
    const { append } = member;
    const lost = Object.entries(append.asOf ?? {}).some(([stream, seq]) => at(stream).head.authority > seq) ||
      (!append.rebases && append.checks?.some((check) => touched.has(keyText(check.key))));
    const written = lost ? undefined : append.write(slotOf);
    if (!written) {
      stale.push(member);
      continue;
    }
    kept.push(member);
    checks.push(...member.due);
    for (const set of written.sets ?? []) {
      const text = keyText(set.key);
      if (isStanding(set.key[0], text)) supersede(text);
      touched.add(text);
      deletes.delete(text);
      sets.set(text, set);
    }
    for (const key of written.deletes ?? []) {
      const text = keyText(key);
      touched.add(text);
      sets.delete(text);
      deletes.set(text, key);
    }
    for (const event of written.events) {
      if (event.compactionKey === undefined) put(event);
      else latest.set(`${event.stream}\0${event.compactionKey}`, event);
    }
    if (written.trim) {
      const stream = at(written.trim.stream);
      // Another process may have forgotten more since this was planned.
      stream.head.first = Math.max(stream.head.first, written.trim.first);
      stream.changed = true;
    }
  }

  for (const event of latest.values()) put(event);
  mark ??= { stream: [...heads.keys()][0] ?? "", seq: undefined };

  const appended: Appended[] = [];
  for (const [stream, { head, events, changed }] of state) {
    if (!options.fence || stream === mark.stream) {
      checks.push({ key: keys.head(stream), versionstamp: heads.get(stream)?.versionstamp ?? null });
    }
    if (!changed) continue;
    for (const set of flush(stream, head)) sets.set(keyText(set.key), set);
    const key = keys.head(stream);
    sets.set(keyText(key), setAt(key, head, { json: jsonOfHead(head) }));
    appended.push({ stream, head, events });
  }
  const write: Write = { checks, sets: [...sets.values()], deletes: [...deletes.values()] };
  return { write, kept, stale, appended, mark };
}

/** A key as text, for comparing: the parts are strings and numbers of ours, and none holds a NUL. */
function keyText(key: Deno.KvKey): string {
  return key.join("\0");
}
