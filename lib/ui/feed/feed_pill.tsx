import { counted } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";

export interface FeedPillProps {
  /** How many entries wait. */
  count: number;
  /** What just came and is shown, for those who don't see it. */
  said: string;
  onClick(): void;
}

/** Tells what came, and shows what waits while one reads: "3 new entries". It is there before it has anything to say. */
export function FeedPill({ count, said, onClick }: FeedPillProps) {
  return (
    <div class="feed-pill" role="status">
      {count > 0
        ? (
          <button class="pill" type="button" onClick={onClick}>
            <Icon name="send" small />
            {counted(count, "new entry", "new entries")}
          </button>
        )
        : <span class="vh">{said}</span>}
    </div>
  );
}
