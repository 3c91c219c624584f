import { counted } from "./format.ts";
import { Icon } from "./icon.tsx";

/** Shows what came while one reads: "3 new entries". */
export function FeedPill({ count, onClick }: { count: number; onClick(): void }) {
  return (
    <div class="feed-pill">
      <button class="pill" type="button" onClick={onClick}>
        <Icon name="send" small />
        {counted(count, "new entry", "new entries")}
      </button>
    </div>
  );
}
