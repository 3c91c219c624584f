/**
 * Commits one batch: builds it on the known heads, commits it exactly once even if answers are lost, and hands back the
 * members that could not be part of it (lib/server/log/README.md, Group commit).
 */
import { type Database, StorageUnavailable } from "../kv/database.ts";
import { jitter } from "../kv/transact.ts";
import { type Batch, build, type Member } from "./group_commit.ts";
import type { Fence } from "./fence.ts";
import type { HeadEntry, Heads } from "./heads.ts";
import { createSearch, type Outcome } from "./search.ts";
import { type Appended, EMPTY } from "./types.ts";

/** A member that waits until its batch is on disk. */
export interface Waiter extends Member {
  resolve(): void;
  reject(error: unknown): void;
}

interface CommitterOptions<M> {
  db: Database;
  heads: Heads;
  fence: Fence | undefined;
  now: () => number;
  tags: { tag(): string; batch(): string };
  appended: (appended: Appended) => void;
  /** What these members relied on has changed: they must be planned again. */
  replan(members: M[]): void;
  /** These members are too large for one atomic: each gets its own. */
  alone(members: M[]): void;
  /** Refuses those whose deadline has passed, of the queue too, and gives the others. */
  expire(members: M[], why?: Error): M[];
}

export function createCommitter<M extends Waiter>(
  options: CommitterOptions<M>,
): {
  /** Resolves once the batch has landed and the hub has its events, or once it cannot land any more. */
  commit(members: M[], streams: string[]): Promise<void>;
  /** Stops looking for outcomes. */
  close(): void;
} {
  const { db, heads: known, replan, alone, expire } = options;
  const search = createSearch({ db, heads: known });

  async function commit(members: M[], streams: string[]): Promise<void> {
    let waiting = members;
    const fence = await options.fence?.check();
    let heads = byStream(streams, await known.known(streams));
    for (let tries = 0; waiting.length > 0; tries++) {
      const id = options.tags.batch();
      const batch = build(waiting, heads, { id, at: options.now(), makeTag: options.tags.tag, fence });
      replan(batch.stale);
      if (batch.kept.length === 0) return;
      const outcome = await settle(batch, id, heads, fence);
      if ("landed" in outcome) return landed(batch, outcome.landed);
      if ("failed" in outcome) {
        if (outcome.failed instanceof TypeError && batch.kept.length > 1) return alone(batch.kept);
        for (const member of batch.kept) member.reject(outcome.failed);
        return;
      }
      await options.fence?.assertHeld();
      // Storage does not say which check failed, so look for the members whose checks have changed, and try the rest
      // again.
      heads = byStream(streams, await known.read(streams));
      const lost = await changed(batch.kept);
      replan(batch.kept.filter((member) => lost.has(member)));
      waiting = batch.kept.filter((member) => !lost.has(member));
      waiting = expire(waiting);
      if (waiting.length > 0) await jitter(tries);
    }
  }

  /** Commits, and finds out the outcome if the answer is late or lost, even when nobody waits any more. */
  async function settle(
    batch: Batch<M>,
    id: string,
    heads: Map<string, HeadEntry>,
    fence: Deno.AtomicCheck | undefined,
  ): Promise<Outcome> {
    try {
      const versionstamp = await db.commit(batch.write);
      return versionstamp === undefined ? { refused: true } : { landed: versionstamp };
    } catch (error) {
      if (!(error instanceof StorageUnavailable)) return { failed: error };
      const { stream, seq } = batch.mark;
      return await search.find({
        write: batch.write,
        fence,
        stream,
        base: heads.get(stream) ?? { head: EMPTY, versionstamp: null },
        seq,
        id,
        answer: error.answer,
        isWanted: () => expire(batch.kept, error).length > 0,
      });
    }
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

  return { commit, close: search.close };
}

function byStream(streams: string[], entries: HeadEntry[]): Map<string, HeadEntry> {
  return new Map(entries.map((entry, at) => [streams[at] ?? "", entry]));
}
