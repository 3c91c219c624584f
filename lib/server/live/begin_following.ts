/** Begins to follow: registers, authorises by a strong read, replays, goes live, so that no event is lost between. */
import type { ServerFrames } from "../../protocol/frames.ts";
import { parseStream } from "../../protocol/streams.ts";
import type { Follower, Following } from "./streams/follower.ts";
import type { Hub } from "./hub.ts";

/** What this needs of a session, beside what a follower needs. */
interface Beginning extends Following {
  readonly hub: Hub;
  send(frame: ServerFrames["followed"]): void;
}

/** Takes a registered follower to the position that it delivers from, or sends why it cannot. Never rejects. */
export async function beginFollowing(session: Beginning, follower: Follower, offset: string): Promise<void> {
  const { hub, user } = session;
  const { topic } = follower;
  const { stream } = topic;
  try {
    await topic.ready;
    const grant = await hub.authorize(user.id, stream, topic);
    if (!session.has(stream, follower)) return;
    if (!grant) {
      session.drop(stream);
      return session.gone(stream, "not_found");
    }
    follower.granted(grant);
    const located = await hub.locate(topic, offset);
    if (!session.has(stream, follower)) return;
    if ("gone" in located) {
      session.drop(stream);
      return session.gone(stream, located.gone, located.head);
    }
    follower.position = { seq: located.seq, tag: located.tag };
    session.send({ t: "followed", stream, offset: hub.log.offset(located), head: hub.log.offset(located.head) });
    const kind = parseStream(stream);
    if (kind?.kind === "room" && follower.isLive && hub.isTyping(kind.id)) hub.sendTyping(session, kind.id);
    if (located.head.seq > topic.tail().seq) await topic.catchUp();
    if (session.has(stream, follower)) follower.pump();
  } catch (error) {
    hub.failed(error);
    // Storage is unavailable. The client comes back with its offsets, so nothing is lost.
    if (session.has(stream, follower)) session.bye("overloaded");
  }
}
