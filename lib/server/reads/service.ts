/** Read marks, one for each room. Unread is derived from them, never counted (islands/README.md, Read state). */
import type { Log } from "../log/log.ts";
import type { MessagesService } from "../messages/service.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { assertMember, type Mark, markAt, marked, readMarks, type RoomAccess } from "../rooms/service.ts";

export interface ReadsService {
  /**
   * Marks a room read up to `seq`: clamped to the head, and to the last numbered message at or before it. Moves back
   * only with `back`. What changes nothing makes no event.
   */
  mark(user: User, fields: Parsed<"reads.mark">): Promise<Output<"reads.mark">>;
}

export interface ReadsDeps {
  log: Log;
  access: RoomAccess;
  messages: Pick<MessagesService, "numberedAt" | "setBrokenRun">;
}

export function createReads({ log, access, messages }: ReadsDeps): ReadsService {
  return {
    mark(user, { room, seq, back = false }) {
      const verb = "mark read";
      return log.append<Output<"reads.mark">>([userStream(user.id)], async () => {
        const view = await access.authorize(user.id, room, verb);
        assertMember(view, verb);
        const { head, room: { visibility } } = view;
        const [known] = await readMarks(log, user.id, [room]);
        if (!known) throw new RangeError("A mark was not read");
        const mark = seq === 0 ? { seq: 0, n: 0 } : await messages.numberedAt(room, Math.min(seq, head.seq));
        const result = (n: number) => ({ n, unread: Math.max(0, head.n - n) });
        const stays = (was: Mark) => mark.n === was.n || (mark.n < was.n && !back);
        if (stays(known.mark)) return { result: result(known.mark.n) };
        return {
          checks: [known.check],
          write(slotOf) {
            const was = markAt(slotOf, user.id, room, known.mark);
            if (stays(was)) return { events: [], result: result(was.n) };
            const isReopened = visibility === "direct" && mark.n < was.n;
            return {
              events: [marked(user.id, room, mark)],
              sets: isReopened ? [messages.setBrokenRun(room, user.id, head.n)] : [],
              result: result(mark.n),
            };
          },
        };
      });
    },
  };
}
