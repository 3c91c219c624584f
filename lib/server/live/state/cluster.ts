/** The cluster: this instance publishes its own state, and reads that of the others (`cluster_state.ts`). */
import type { Cluster, ClusterOptions } from "./cluster_state.ts";
import { createPeerStates } from "./peer_states.ts";
import { createOwnState } from "./own_state.ts";

export function createCluster(options: ClusterOptions): Cluster {
  const instance = crypto.getRandomValues(new Uint8Array(12)).toHex();
  const own = createOwnState(instance, options);
  const others = createPeerStates(instance, options);
  return {
    ...own,
    close() {
      own.close();
      others.close();
    },
  };
}
