/** What this process counts of itself; lib/hosting/TELEMETRY.md lists it for who runs it. */
import { countCalls } from "../kv/counted.ts";
import type { Database } from "../kv/database.ts";
import type { Log } from "../log/log.ts";
import { createNumbers, type Numbers } from "./numbers.ts";

type Transport = "ws" | "sse" | "poll";

export interface Metrics extends Pick<Numbers, "gauge" | "text"> {
  /** `open` tells how many of this transport's connections are open, or under way. */
  connections(transport: Transport, open: () => number): void;
  /** One of them has begun. */
  opened(transport: Transport): void;
  /** A client has begun to poll because the transport that it prefers does not get through. */
  fellBack(from: string, because: string): void;
  /** A request or call was refused with this status. */
  refused(status: number): void;
  /** The server has ended a WebSocket with this code. */
  closed(code: number): void;
  /** The same database, with its calls counted. */
  ofStorage(db: Database): Database;
  /** The same log, with its appends counted. */
  ofLog(log: Log): Log;
}

export function createMetrics(): Metrics {
  const numbers = createNumbers();
  const { gauge, counter, times } = numbers;
  const opened = counter("rivulet_connections_opened_total", "Connections that have begun.", ["transport"]);
  const refused = counter("rivulet_refusals_total", "Requests and calls that were refused, by status.", ["status"]);
  const closed = counter("rivulet_socket_closes_total", "WebSockets that the server has ended, by code.", ["code"]);
  const startedAt = Date.now();
  gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", () => startedAt / 1_000);
  gauge("process_resident_memory_bytes", "Memory that the process holds.", () => Deno.memoryUsage().rss);
  gauge("rivulet_heap_bytes", "Memory that JavaScript objects take.", () => Deno.memoryUsage().heapUsed);
  return {
    gauge,
    text: numbers.text,
    connections: (transport, open) =>
      gauge("rivulet_connections", "Open WebSockets and event streams, and polls under way.", open, { transport }),
    opened: (transport) => opened(transport),
    fellBack: counter(
      "rivulet_fallbacks_total",
      "Clients that have begun to poll because the transport that they prefer does not get through.",
      ["from", "because"],
    ),
    refused: (status) => refused(String(status)),
    closed: (code) => closed(String(code)),
    ofStorage: (db) =>
      countCalls(db, {
        took: times("rivulet_kv_seconds", "Time that calls to storage took.", ["operation"]),
        failed: counter("rivulet_kv_failures_total", "Calls to storage that failed or came too late.", ["operation"]),
        refused: counter("rivulet_kv_conflicts_total", "Commits whose checks no longer held; they are tried again."),
      }),
    ofLog: (log) => countAppends(log, numbers),
  };
}

function countAppends(log: Log, { counter, gauge, times }: Numbers): Log {
  const stored = counter("rivulet_events_total", "Events that this instance has stored.", ["type"]);
  const took = times(
    "rivulet_append_seconds",
    "From a write's call to its being on disk: in the queue, and the commit.",
  );
  let waiting = 0;
  gauge("rivulet_appends_waiting", "Writes that are in the queue or being committed.", () => waiting);
  log.onAppended(({ events }) => {
    for (const { type } of events) stored(type);
  });
  return {
    ...log,
    async append(streams, plan) {
      const begun = performance.now();
      waiting++;
      try {
        return await log.append(streams, plan);
      } finally {
        waiting--;
        took(performance.now() - begun);
      }
    },
  };
}
