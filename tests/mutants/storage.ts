/** Faults in what is written, and in finding it again. */
import type { Mutant } from "./mutants.ts";

const HISTORY = "tests/faults/history_test.ts";
const REPLAY = "tests/server/live/replay_test.ts";
const SEARCH = "tests/server/log/search_test.ts";
const APPEND = "tests/server/log/append_test.ts";
const KNOWN_KEYS = "tests/server/log/known_keys_test.ts";
const TRIM = "tests/server/log/trim_test.ts";
const ROOM_FEED = "tests/server/feed/room_lists_test.ts";

export const storage: Mutant[] = [
  {
    name: "a wrong tag is accepted (storage)",
    file: "lib/server/log/read.ts",
    from: "return tag === at.tag ?",
    to: "return tag !== undefined ?",
    tests: [REPLAY],
  },
  {
    name: "a wrong tag of the last event is accepted",
    file: "lib/server/log/read.ts",
    from: "at.seq === head.seq ? head.tag :",
    to: "at.seq === head.seq ? at.tag :",
    tests: [REPLAY],
  },
  {
    name: "another database's offset is accepted",
    file: "lib/server/log/read.ts",
    from: "at.epoch !== epoch || ",
    to: "",
    tests: [REPLAY],
  },
  {
    name: "a migration goes on behind what it has not written",
    file: "lib/server/kv/layout.ts",
    from: "      yield { last, sets: part };\n      part = [];",
    to: "      yield { last: key, sets: part };\n      part = [];",
    tests: ["tests/server/kv/layout_3_test.ts"],
  },
  {
    name: "what is withdrawn stays in its room's feed",
    file: "lib/server/entries/service.ts",
    from: "store.deletes(stream, on.seq, subject.room)",
    to: "store.deletes(stream, on.seq, undefined)",
    tests: [ROOM_FEED],
  },
  {
    name: "what is restored is not in its room's feed",
    file: "lib/server/entries/service.ts",
    from: "store.sets(stream, on, toEntry(draft, on.at), age)",
    to: "store.sets(stream, on, toEntry(draft, on.at), age).slice(0, 1)",
    tests: [ROOM_FEED],
  },
  {
    name: "sends of one batch are reversed",
    file: "lib/server/log/append.ts",
    from: "    return members;\n  }\n\n  /** Commits the members of a batch",
    to: "    return members.reverse();\n  }\n\n  /** Commits the members of a batch",
    tests: [HISTORY],
  },
  {
    name: "what is made anew goes behind what came later",
    file: "lib/server/log/append.ts",
    from: "queue = [...due, ...queue];",
    to: "queue = [...queue, ...due];",
    tests: ["tests/server/log/published_test.ts"],
  },
  {
    name: "of several marks in a commit the first is kept",
    file: "lib/server/log/group_commit.ts",
    from: "else latest.set(`${event.stream}\\0${event.compactionKey}`, event);",
    to:
      "else if (!latest.has(`${event.stream}\\0${event.compactionKey}`)) latest.set(`${event.stream}\\0${event.compactionKey}`, event);",
    tests: [HISTORY],
  },
  {
    name: "the third message of a batch is not numbered",
    file: "lib/server/log/group_commit.ts",
    from: "if (it.numbered) head.n += 1;",
    to: "if (it.numbered && stream.events.length !== 2) head.n += 1;",
    tests: [HISTORY],
  },
  {
    name: "lastAt stays at a room's making",
    file: "lib/server/log/group_commit.ts",
    from: "if (it.numbered || head.seq === 1) head.lastAt",
    to: "if (head.seq === 1) head.lastAt",
    tests: [HISTORY],
  },
  {
    name: "what was authorised before a removal is not looked at again",
    file: "lib/server/log/group_commit.ts",
    from: "at(stream).head.authority > seq) ||",
    to: "at(stream).head.authority < seq - 1e9) ||",
    tests: ["tests/server/messages/messages_test.ts", APPEND],
  },
  {
    name: "a document in the head comes after a later change of it",
    file: "lib/server/log/group_commit.ts",
    from: "if (isStanding(set.key[0], text)) supersede(text);",
    to: "",
    tests: [HISTORY, "tests/server/messages/changes_test.ts"],
  },
  {
    name: "a key is not checked: the same send twice at once makes two messages",
    file: "lib/server/messages/service.ts",
    from: "checks: [once.check, ...notification.checks],",
    to: "checks: [...notification.checks],",
    tests: [HISTORY, "tests/server/messages/messages_test.ts"],
  },
  {
    name: "a key is forgotten: the same send later makes another message",
    file: "lib/server/messages/service.ts",
    from: "                once.set(seq),\n",
    to: "",
    tests: [HISTORY],
  },
  {
    name: "a key that this process has used is taken for new",
    file: "lib/server/log/append.ts",
    from: "      knownKeys.used(waiting.append.checks ?? []); // whatever becomes of them\n",
    to: "",
    tests: [KNOWN_KEYS],
  },
  {
    name: "a key that was used before the start is taken for new",
    file: "lib/server/log/known_keys.ts",
    from: "for (const text of texts) add(text);",
    to: "",
    tests: [KNOWN_KEYS],
  },
  {
    name: "of more keys than are read at the start the older ones are taken for new",
    file: "lib/server/log/known_keys.ts",
    from: "know(texts.length < LOADED_MAX ? from : texts.at(-1) ?? END);",
    to: "know(from);",
    tests: [KNOWN_KEYS],
  },
  {
    name: "a key that was forgotten is taken for new",
    file: "lib/server/log/known_keys.ts",
    from: "else if (text > low) low = text;",
    to: "",
    tests: [KNOWN_KEYS],
  },
  {
    name: "a process that has lost its lock writes on",
    file: "lib/server/log/group_commit.ts",
    from: "const checks = options.fence ? [options.fence] : [];",
    to: "const checks: Deno.AtomicCheck[] = [];",
    tests: [KNOWN_KEYS],
  },
  {
    name: "a process whose fence could not be put up fences off the one that came after it",
    file: "lib/server/log/fence.ts",
    from: "checks: [{ key, versionstamp }], sets",
    to: "sets",
    tests: [KNOWN_KEYS],
  },
  {
    name: "a late commit of the only writer lands after what was written since",
    file: "lib/server/log/group_commit.ts",
    from: "!options.fence || stream === mark.stream",
    to: "!options.fence",
    tests: [SEARCH],
  },
  {
    name: "a key that was used for another text gives that message",
    file: "lib/server/log/idempotency.ts",
    from: " || sent.hash !== hashOf(use.fields)",
    to: "",
    tests: ["tests/server/messages/messages_test.ts"],
  },
  {
    name: "a send is acknowledged before its commit is on disk",
    file: "lib/server/log/committer.ts",
    from: "const outcome = await settle(batch, id, heads, fence);",
    to:
      "for (const member of batch.kept) member.resolve();\n      const outcome = await settle(batch, id, heads, fence);",
    tests: ["tests/server/log/published_test.ts"],
  },
  {
    name: "a send is told before its commit is on disk",
    file: "lib/server/log/committer.ts",
    from: "const outcome = await settle(batch, id, heads, fence);",
    to:
      "for (const it of batch.appended) options.appended(it);\n      const outcome = await settle(batch, id, heads, fence);",
    tests: ["tests/server/log/published_test.ts"],
  },
  {
    name: "a commit whose answer was lost is taken for refused",
    file: "lib/server/log/search.ts",
    from: "event.batch === id ? { landed: undefined } : { refused: true };",
    to: 'event.batch === id && id === "" ? { landed: undefined } : { refused: true };',
    tests: [SEARCH, APPEND],
  },
  {
    name: "a commit that lands after its deadline is not told",
    file: "lib/server/log/search.ts",
    from: "const isWanted = unknown.isWanted();\n",
    to:
      'const isWanted = unknown.isWanted();\n      if (!isWanted) return { failed: new StorageUnavailable("too late") };\n',
    tests: [SEARCH, "tests/server/live/late_commits_test.ts"],
  },
  {
    name: "the latest of a name is an older one",
    file: "lib/server/log/segments.ts",
    from: "event && event.seq > (value?.seq ?? 0) ? event.data : value?.data",
    to: "value ? value.data : event?.data",
    tests: ["tests/server/log/segments_test.ts", HISTORY],
  },
  {
    name: "of the latest that leave a head together the first is kept",
    file: "lib/server/log/segments.ts",
    from: "if (event.latest !== undefined) latest.set(event.latest, event);",
    to: "if (event.latest !== undefined && !latest.has(event.latest)) latest.set(event.latest, event);",
    tests: [HISTORY, "tests/server/log/segments_test.ts"],
  },
  {
    name: "a document is lost when its event leaves the head",
    file: "lib/server/log/segments.ts",
    from: "if (document) sets.push({",
    to: "if (document && segment.length !== 2) sets.push({",
    tests: [HISTORY],
  },
  {
    name: "trimming forgets one event too many",
    file: "lib/server/log/trim.ts",
    from: "const first = head.first + count;",
    to: "const first = head.first + count + 1;",
    tests: [TRIM],
  },
  {
    name: "trimming forgets the tag before the oldest event",
    file: "lib/server/log/trim.ts",
    from: "segmentsBefore(db, stream, first - 1, SEGMENTS_MAX)",
    to: "segmentsBefore(db, stream, first + 1, SEGMENTS_MAX)",
    tests: [TRIM],
  },
  {
    name: "young events are trimmed too",
    file: "lib/server/log/trim.ts",
    from: "const count = young < 0 ? oldest.length : young;",
    to: "const count = oldest.length;",
    tests: ["tests/server/log/read_test.ts"],
  },
];
