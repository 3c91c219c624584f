/** Applies the events of a stream to digests, typing and the checks of sign-ins. */
import { type Head, isWire, type WireEvent } from "../../log/log.ts";
import type { EventType } from "../../../protocol/events.ts";
import { parseStream } from "../../../protocol/streams.ts";
import type { Digest } from "./digest.ts";
import type { RoomsReader } from "./rooms_reader.ts";
import type { Session } from "../session.ts";
import type { SignInChecks } from "../sign_in_checks.ts";
import type { Typing } from "./typing.ts";

export interface Notices {
  /** A stream has grown; without events if they are not known. */
  noticed(stream: string, events: WireEvent[], head: Head): void;
  /** New events of a person's own stream could not be read. */
  missed(user: string, error: unknown): void;
}

export interface NoticesOptions extends Pick<SignInChecks, "review"> {
  /** By person. */
  sessions: ReadonlyMap<string, ReadonlySet<Session>>;
  rooms: RoomsReader;
  digest: Digest;
  typing: Typing;
  failed(error: unknown): void;
}

export function createNotices({ sessions, rooms, digest, typing, review, failed }: NoticesOptions): Notices {
  const sessionsOf = (user: string) => [...sessions.get(user) ?? []];

  /** Ends the person's sessions, which may have missed a room, say. A client that reconnects gets everything. */
  function missed(user: string, error: unknown): void {
    failed(error);
    for (const session of sessionsOf(user)) session.bye("overloaded");
  }

  function reviewRooms(user: string): void {
    rooms.moved(user);
    rooms.read(user, (own, heads) => {
      for (const session of sessionsOf(user)) digest.review(session, own, heads);
    }).catch((error) => missed(user, error));
  }

  function noticedOwn(user: string, events: WireEvent[]): void {
    const types = new Set<string>(events.map((event) => event.type));
    const may = (type: EventType) => types.has(type) || events.length === 0;
    for (const event of events) {
      if (!isWire(event, "rooms.removed")) continue;
      // Do this at once: the counts of a private room are not for them any more, whatever the check finds.
      for (const session of sessionsOf(user)) digest.left(session, event.data.room.id);
    }
    if (may("rooms.added") || may("rooms.removed")) reviewRooms(user);
    if (may("sessions.revoked")) review(sessionsOf(user)).catch(failed);
  }

  return {
    noticed(stream, events, head) {
      const kind = parseStream(stream);
      if (kind?.kind === "feed") {
        // Somebody was deactivated, or got another role.
        const own = events.flatMap((event) =>
          isWire(event, "users.updated", "users.deactivated") ? sessionsOf(event.data.user.id) : []
        );
        if (own.length > 0) review(own).catch(failed);
      }
      if (kind?.kind === "room") {
        rooms.grown(kind.id, head);
        digest.changed(kind.id, head);
        for (const event of events) if (isWire(event, "messages.sent")) typing.stopped(kind.id, event.by);
      }
      if (kind?.kind === "user" && sessions.has(kind.id)) noticedOwn(kind.id, events);
    },
    missed,
  };
}
