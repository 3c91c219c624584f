/** The third pane: rooms in which something happened within the hour, and who is online. */
import type { Presence } from "../../protocol/presence.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import { Avatar } from "../shell/avatar.tsx";
import { spanWords } from "./feed_catch_up.ts";
import { counted } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";
import { personName, type Users } from "../shell/names.ts";

const HOUR_MS = 3_600_000;
/** A room without a message for this long is quiet. */
const QUIET_MS = 120_000;
const ROOMS_MAX = 6;
const PEOPLE_MAX = 12;

export interface FeedNowProps {
  summaries: readonly RoomSummary[];
  /** Ids, in the order in which they matter. */
  people: readonly string[];
  users: Users;
  presence: ReadonlyMap<string, Presence>;
  now: number;
}

export function FeedNow({ summaries, people, users, presence, now }: FeedNowProps) {
  const rooms = summaries
    .filter(({ room, joined, n, lastAt }) => joined && room.visibility !== "direct" && n > 0 && now - lastAt < HOUR_MS)
    .sort((a, b) => b.lastAt - a.lastAt);
  const here = people.filter((id) => users.get(id)?.deactivatedAt === undefined);
  const online = here.filter((id) => presence.get(id) === "online");
  const others = here.filter((id) => presence.get(id) !== "online");
  return (
    <aside class="pane now" aria-label="Right now">
      <header class="bar">
        <h2 class="grow">Right now</h2>
        {online.length > 0 && <span class="dim num">{online.length} online</span>}
      </header>
      <div class="scroll">
        <h3 class="opt-h" id="h-now-rooms">Active in the last hour</h3>
        {rooms.length === 0 && <p class="opt mid">None</p>}
        <ul aria-labelledby="h-now-rooms">
          {rooms.slice(0, ROOMS_MAX).map(({ room, unread, lastAt }) => (
            <li key={room.id}>
              <a class="opt" href={`/rooms/${room.id}`}>
                <Icon name={room.visibility === "private" ? "lock" : "hash"} />
                <span class="grow cut">
                  <b class="cut">{room.name}</b>
                  <small>{now - lastAt < QUIET_MS ? "Active now" : `Quiet for ${spanWords(now - lastAt)}`}</small>
                </span>
                {unread > 0 && <span class="num mid">{unread} unread</span>}
              </a>
            </li>
          ))}
        </ul>
        {rooms.length > ROOMS_MAX && <p class="opt-h">Showing {ROOMS_MAX} of {counted(rooms.length, "room")}</p>}
        {here.length > 0 && <h3 class="opt-h" id="h-now-people">People</h3>}
        <ul aria-labelledby="h-now-people">
          {[...online, ...others].slice(0, PEOPLE_MAX).map((id) => {
            const user = users.get(id);
            const is = presence.get(id);
            return (
              <li key={id} class="opt">
                <Avatar user={user} size="m" presence={is} />
                <span class="grow cut">
                  {personName(user)}
                  <small class="cut">@{user?.handle ?? ""}</small>
                </span>
                {is && <span class="vh">{is}</span>}
              </li>
            );
          })}
        </ul>
        {here.length > PEOPLE_MAX && (
          <p class="opt-h">Showing {PEOPLE_MAX} of {counted(here.length, "person", "people")}</p>
        )}
      </div>
    </aside>
  );
}
