import { useEffect, useMemo } from "preact/hooks";
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createFound, type Found, type FoundDeps } from "../../lib/client/stores/found.ts";

/** Searches on the server for `query`, and again whenever `version` changes. */
export function useFound<T>(query: string, page: FoundDeps<T>["page"], version: unknown = 0): Found<T> {
  const found = useMemo(() => createFound({ clock: browserClock, page }), []);
  useEffect(() => found.find(query), [query, version]);
  useEffect(() => found.close, []);
  return found;
}
