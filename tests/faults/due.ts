/** What people were acknowledged, and what must be told and counted because of it, without another append. */
import type { Message } from "../../lib/protocol/messages.ts";

export interface Due {
  /** An answer told this message. */
  answered(message: Message): void;
  /** The seq of the last event of a room that was acknowledged. */
  seqOf(room: string): number;
  /** How many messages were acknowledged in a room. */
  nOf(room: string): number;
  /** The number of the last message that somebody sent into a room. */
  ownOf(user: string, room: string): number;
  /** How many messages of a room past its `n`th mention somebody, as they are now. */
  mentionsPast(user: string, room: string, n: number): number;
}

interface Mentioning {
  rev: number;
  n: number;
  ids: readonly string[];
}

export function createDue(): Due {
  const seqs = new Map<string, number>();
  const counts = new Map<string, number>();
  const own = new Map<string, number>();
  const mentioning = new Map<string, Map<number, Mentioning>>(); // those that ever mentioned somebody
  const raise = (map: Map<string, number>, name: string, to: number) => map.set(name, Math.max(to, map.get(name) ?? 0));

  return {
    answered({ room, seq, n = 0, rev, by, mentions }) {
      raise(seqs, room, rev);
      raise(counts, room, n);
      raise(own, `${by} ${room}`, n);
      const all = mentioning.get(room) ?? new Map<number, Mentioning>();
      mentioning.set(room, all);
      const known = all.get(seq);
      if (known ? known.rev < rev : mentions.length > 0 || rev > seq) all.set(seq, { rev, n, ids: mentions });
    },
    seqOf: (room) => seqs.get(room) ?? 0,
    nOf: (room) => counts.get(room) ?? 0,
    ownOf: (user, room) => own.get(`${user} ${room}`) ?? 0,
    mentionsPast: (user, room, past) =>
      [...mentioning.get(room)?.values() ?? []].filter(({ n, ids }) => n > past && ids.includes(user)).length,
  };
}
