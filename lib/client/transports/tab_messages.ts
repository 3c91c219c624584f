/** The messages that the tabs of one person exchange over a BroadcastChannel, parsed like frames of a wire. */
import * as z from "zod/mini";
import { serverFrame, STREAMS_MAX, WATCH_MAX } from "../../protocol/frames.ts";

const tab = z.string().check(z.maxLength(64));

export const tabMessage = z.discriminatedUnion("t", [
  /** A tab asks the one that leads for the session as it is. */
  z.object({ t: z.literal("hello"), tab }),
  /** What a tab follows and whom it watches; replaces what it wanted before. */
  z.object({
    t: z.literal("want"),
    tab,
    streams: z.array(z.string()).check(z.maxLength(STREAMS_MAX)),
    users: z.array(z.string()).check(z.maxLength(WATCH_MAX)),
  }),
  /** A tab asks whether anybody leads. */
  z.object({ t: z.literal("there"), tab }),
  /** A tab was refused as signed out: whoever leads checks whether that holds for all. */
  z.object({ t: z.literal("look"), tab }),
  z.object({ t: z.literal("left"), tab }),
  /** `by` leads from here on. */
  z.object({ t: z.literal("lead"), by: tab }),
  z.object({ t: z.literal("here"), by: tab, to: tab }),
  /** A frame for all, or for one. */
  z.object({ t: z.literal("frame"), by: tab, to: z.optional(tab), frame: serverFrame }),
  /** The connection ended, for all. */
  z.object({ t: z.literal("closed"), by: tab, code: z.int() }),
]);
export type TabMessage = z.infer<typeof tabMessage>;
/** A message that only the leading tab acts on. */
export type ToLeader = Extract<TabMessage, { tab: string }>;
