/** Stores the states by which instances over one database exchange who is connected and who types. */
import type { Database } from "../kv/database.ts";
import { setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { PARTS } from "../live/state/own_state.ts";
import type { ClusterStore } from "../live/state/cluster_state.ts";

const INSTANCES_MAX = 100; // the states of more are not read

export function createClusterStore({ db }: { db: Database }): ClusterStore {
  const change = () => setAt(keys.clusterChange(), crypto.randomUUID());
  return {
    write: (instance, { board, people, before }) =>
      db.commit({
        checks: before === undefined ? [] : [{ key: keys.instance(instance), versionstamp: before }],
        sets: [
          setAt(keys.instance(instance), board),
          ...[...people].map(([part, list]) => setAt(keys.instancePeople(instance, part), list)),
          change(),
        ],
      }),
    async states() {
      const found = await db.list({ prefix: keys.instances() }, { limit: INSTANCES_MAX });
      return found.map(({ key, value, versionstamp }) => ({
        instance: String(key.at(-1)),
        version: versionstamp,
        state: value,
      }));
    },
    async people(instance, parts) {
      const lists = await db.getMany(parts.map((part) => keys.instancePeople(instance, part)));
      return lists.map(({ value }) => value ?? []);
    },
    async remove(instance) {
      const people = Array.from({ length: PARTS }, (_, part) => keys.instancePeople(instance, part));
      await db.commit({ sets: [change()], deletes: [keys.instance(instance), ...people] });
    },
    watch: () => db.watch([keys.clusterChange()]),
  };
}
