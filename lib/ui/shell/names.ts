/** The names of rooms and people. */
import type { Room, RoomSummary } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import { mayManage } from "../../model/may_manage.ts";

export type Users = ReadonlyMap<string, User>;

const LISTED_MAX = 3;

/** A person's name, or dots while they are not known yet. */
export function personName(user: User | undefined): string {
  return user?.name ?? "…";
}

/** The people of a direct conversation without me; just me in notes to myself. */
export function participants(members: readonly string[], me: string): readonly string[] {
  const others = members.filter((id) => id !== me);
  return others.length > 0 ? others : [me];
}

/** A room's name; a direct conversation has its people's: "Priya Nair", "Tomás, Elif", "Tomás, Elif and 4 more". */
export function roomName(room: Room, members: readonly string[], users: Users, me: string): string {
  if (room.visibility !== "direct") return room.name;
  if (members.length === 0) return "Direct message";
  const ids = participants(members, me);
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) {
    const name = personName(users.get(only));
    return only === me ? `${name} (you)` : name;
  }
  const shown = ids.slice(0, LISTED_MAX).map((id) => personName(users.get(id)).split(" ")[0]);
  const rest = ids.length - shown.length;
  return rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
}

/** The name as it stands in a sentence: "#gauges", "Priya Nair". */
export function roomRef(room: Room, name: string): string {
  return room.visibility === "direct" ? name : `#${name}`;
}

/** "Ilya is typing", "Ilya and Priya are typing", "Several people are typing" */
export function typingLine(names: readonly string[]): string {
  const [first, second] = names.map((name) => name.split(" ")[0]);
  if (first === undefined) return "";
  if (second === undefined) return `${first} is typing`;
  return names.length === 2 ? `${first} and ${second} are typing` : "Several people are typing";
}

/** My standing in a room: I may write, must join first, or may only read. */
export function standingIn({ room, joined }: RoomSummary): "member" | "visitor" | "archived" {
  if (room.archivedAt !== undefined) return "archived";
  return joined ? "member" : "visitor";
}

/** What an empty room offers to begin with: adding people, and setting a topic. */
export interface FirstSteps {
  people: boolean;
  topic: boolean;
}

export function firstSteps(summary: RoomSummary, me: User): FirstSteps {
  const isOpen = summary.room.visibility !== "direct" && summary.room.archivedAt === undefined;
  return { people: isOpen && summary.joined, topic: isOpen && summary.room.topic === "" && mayManage(summary, me) };
}
