import { useSignal } from "@preact/signals";
import type { Found } from "../../../lib/client/stores/found.ts";

interface ShowMoreProps {
  found: Found<unknown>;
  /** How many of them are on screen. */
  shown: number;
  /** "people", "rooms". */
  what: string;
}

/** Below a list that has not all: says so, and gets the next page. Where nothing was found it says that. */
export function ShowMore({ found, shown, what }: ShowMoreProps) {
  const busy = useSignal(false);
  if (found.error.value) return <p class="bad" role="alert">{found.error.value}</p>;
  if (found.more.value) {
    return (
      <p class="row mid">
        <span class="grow" role="status">Showing {shown}. Type to find others.</span>
        <button
          class="btn"
          type="button"
          aria-disabled={busy.value}
          onClick={async () => {
            if (busy.peek()) return;
            busy.value = true;
            await found.loadMore();
            busy.value = false;
          }}
        >
          Show more <span class="vh">{what}</span>
        </button>
      </p>
    );
  }
  return found.of.value !== undefined && shown === 0 ? <p class="mid" role="status">No matches.</p> : null;
}
