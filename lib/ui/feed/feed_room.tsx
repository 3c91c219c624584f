/** A room with something unread, as an article of the feed. */
import type { RoomSummary } from "../../protocol/rooms.ts";
import type { FeedNames } from "./feed_words.tsx";
import { RoomName } from "./feed_words.tsx";
import { counted } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";

export interface FeedRoomProps {
  summary: RoomSummary;
  names: FeedNames;
  /** Its place among all, from 1, and how many they are. */
  place: number;
  count: number;
}

const icons = { public: "hash", private: "lock", direct: "chat" } as const;

export function FeedRoom({ summary, names, place, count }: FeedRoomProps) {
  const { room, mentions } = summary;
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
        <Icon name={icons[room.visibility]} />
      </span>
      <p id={`t-${room.id}`}>
        <RoomNews summary={summary} names={names} />
        {mentions > 0 && room.visibility !== "direct" && `, including ${counted(mentions, "mention")} of you`}
      </p>
    </article>
  );
}

/** "2 unread messages in #gauges"; of a direct conversation from whom they are. */
export function RoomNews({ summary: { room, unread }, names }: Pick<FeedRoomProps, "summary" | "names">) {
  return (
    <>
      {counted(unread, "unread message")} {room.visibility === "direct" ? "from" : "in"}{" "}
      <RoomName room={room.id} names={names} />
    </>
  );
}
