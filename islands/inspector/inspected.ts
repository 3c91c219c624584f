/** What the page gives the inspector that opens over it. */
import type { ReadonlySignal } from "@preact/signals";
import type { LiveClient } from "../../lib/client/connection/live_client.ts";
import type { TransportName } from "../../lib/client/connection/transport.ts";

export interface Inspected {
  live: LiveClient;
  /** That times are shown in. */
  zone: ReadonlySignal<string>;
  /** In the page's order of preference. */
  transports: readonly TransportName[];
  /** How far each stream has come, as it is now; reads signals. */
  streams(): Fact[];
  /** How many messages wait to be sent; left out where none are written. */
  waiting?(): number;
  closed(): void;
}

export interface Fact {
  name: string;
  value: string;
  /** Its name in a report, where that of a room is nobody else's business. */
  reported?: string;
}
