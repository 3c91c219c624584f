/**
 * One batch's way to disk: built on the heads as known, committed once whatever answers are lost, and told what to do
 * with those that could not stand in it (ARCHITECTURE.md, group commit).
 */
import { type Database, StorageUnavailable } from "../kv/database.ts";
import { jitter } from "../kv/transact.ts";
import { type Batch, build, type Member } from "./group_commit.ts";
import type { HeadEntry, Heads } from "./heads.ts";
import { readEvent } from "./read.ts";
import type { Appended } from "./types.ts";

/** One that waits for its batch to be on disk. */
export interface Waiter extends Member {
  resolve(): void;
  reject(error: unknown): void;
}

interface CommitterOptions<M> {
  db: Database;
  heads: Heads;
  now: () => number;
  tags: { tag(): string; batch(): string };
  appended: (appended: Appended) => void;
  /** These stood on ground that has changed: they must be planned anew. */
  replan(members: M[]): void;
  /** Storage finds these together too large: each must leave in an atomic of its own. */
  alone(members: M[]): void;
  /** Refuses those whose deadline has passed, and gives the others. */
  expire(members: M[]): M[];
}

/** The versionstamp is unknown of a commit whose answer was lost: its heads may have moved on since. */
type Outcome = { landed: string | undefined } | { refused: true };

export function createCommitter<M extends Waiter>(
  options: CommitterOptions<M>,
): { commit(members: M[], streams: string[]): Promise<void> } {
  const { db, heads: known, replan, alone, expire } = options;

  async function commit(members: M[], streams: string[]): Promise<void> {
    let waiting = members;
    let heads = byStream(streams, await known.known(streams));
    for (let tries = 0; waiting.length > 0; tries++) {
      const id = options.tags.batch();
      const batch = build(waiting, heads, { id, at: options.now(), makeTag: options.tags.tag });
      replan(batch.stale);
      if (batch.kept.length === 0) return;
      const outcome = await settle(batch, id);
      if ("landed" in outcome) return landed(batch, outcome.landed);
      if ("failed" in outcome) {
        known.forget(streams);
        if (outcome.failed instanceof TypeError && batch.kept.length > 1) return alone(batch.kept);
        for (const member of batch.kept) member.reject(outcome.failed);
        return;
      }
      // A refused atomic names nobody: look who lost its ground, and send the rest again.
      heads = byStream(streams, await known.read(streams));
      const lost = await changed(batch.kept);
      replan(batch.kept.filter((member) => lost.has(member)));
      waiting = batch.kept.filter((member) => !lost.has(member));
      waiting = expire(waiting);
      if (waiting.length > 0) await jitter(tries);
    }
  }

  /** One commit, made sure of: after a lost answer the batch's id at its place tells whether it landed. */
  async function settle(batch: Batch<M>, id: string): Promise<Outcome | { failed: unknown }> {
    for (let tries = 0;; tries++) {
      try {
        const versionstamp = await db.commit(batch.write);
        if (versionstamp !== undefined) return { landed: versionstamp };
        return tries > 0 ? await find(batch, id) : { refused: true };
      } catch (error) {
        if (!(error instanceof StorageUnavailable)) return { failed: error };
        if (expire(batch.kept).length === 0) return { failed: error };
        const found = await find(batch, id).catch(() => undefined);
        if (found && "landed" in found) return found;
        await jitter(tries);
      }
    }
  }

  async function find(batch: Batch<M>, id: string): Promise<Outcome> {
    if (!batch.mark) return { refused: true };
    const { stream, seq } = batch.mark;
    const event = await readEvent(db, stream, seq);
    return event?.batch === id ? { landed: undefined } : { refused: true };
  }

  function landed(batch: Batch<M>, versionstamp: string | undefined): void {
    for (const it of batch.appended) {
      if (versionstamp === undefined) known.forget([it.stream]);
      else known.landed(it.stream, { head: it.head, versionstamp });
      options.appended(it);
    }
    for (const member of batch.kept) member.resolve();
  }

  async function changed(members: M[]): Promise<Set<M>> {
    const checks = members.flatMap((member) => (member.append.checks ?? []).map((check) => ({ member, check })));
    const entries = await db.getMany(checks.map(({ check }) => check.key));
    return new Set(
      checks.filter(({ check }, at) => entries[at]?.versionstamp !== check.versionstamp).map(({ member }) => member),
    );
  }

  return { commit };
}

function byStream(streams: string[], entries: HeadEntry[]): Map<string, HeadEntry> {
  return new Map(entries.map((entry, at) => [streams[at] ?? "", entry]));
}
