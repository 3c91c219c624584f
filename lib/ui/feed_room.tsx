/** A room with something unread, as an article of the feed. */
import type { RoomLine } from "../protocol/rooms.ts";
import type { FeedNames } from "./feed_words.tsx";
import { RoomName } from "./feed_words.tsx";
import { counted } from "./format.ts";
import { Icon } from "./icon.tsx";

export interface FeedRoomProps {
  line: RoomLine;
  names: FeedNames;
  /** Its place among all, from 1, and how many they are. */
  place: number;
  count: number;
}

export function FeedRoom({ line: { room, unread, mentions }, names, place, count }: FeedRoomProps) {
  return (
    <article
      class="ev un"
      id={`room-${room.id}`}
      data-url={`/rooms/${room.id}`}
      tabIndex={0}
      aria-posinset={place}
      aria-setsize={count}
      aria-labelledby={`t-${room.id}`}
    >
      <span class="node">
        <Icon name={room.visibility === "private" ? "lock" : "hash"} />
      </span>
      <p id={`t-${room.id}`}>
        {counted(unread, "new message")} in <RoomName room={room.id} names={names} />
        {mentions > 0 && `, ${counted(mentions, "mention")} of you among them`}
      </p>
    </article>
  );
}
