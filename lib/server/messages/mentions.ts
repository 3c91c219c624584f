/** Finds the people whom a text mentions by handle, as far as they can see the room. */
import type { Body } from "../../protocol/body.ts";
import { peopleIn, withMentions } from "./handles.ts";
import { BODY_NODES_MAX } from "./markdown.ts";
import type { ParsedText } from "./parse.ts";

export interface Mentioned {
  body: Body;
  /** handle → user id, for those that the body names. */
  people: Record<string, string>;
  ids: string[];
}

/** Finds which of these handles are people who can see the room: handle → user id. */
export type FindPeople = (room: string, handles: string[]) => Promise<Record<string, string>>;

/** Completes a parsed text, for a room, with its mentions. */
export async function mentioned(
  room: string,
  { body: parsed, handles }: Pick<ParsedText, "body" | "handles">,
  find: FindPeople,
): Promise<Mentioned> {
  const candidates = handles.length > 0 ? await find(room, handles) : {};
  const body = withMentions(parsed, candidates, BODY_NODES_MAX);
  const ids = peopleIn(body);
  const people = Object.fromEntries(Object.entries(candidates).filter(([, id]) => ids.includes(id)));
  return { body, people, ids };
}
