/** A frame as a sink gets it: an object with its JSON, which is made once for all who get the frame. */
import type { ServerFrames } from "../../protocol/frames.ts";
import type { EncodedEvents } from "./streams/events_frame.ts";

interface Encoded {
  readonly text: string;
}

type Body = ServerFrames["followed" | "gone" | "bye" | "digest" | "presence" | "typing"];

/** A frame of latest state. */
export type StateFrame = ServerFrames["digest" | "presence" | "typing"] & Encoded;

export type Frame = (Body & Encoded) | EncodedEvents;

export function encode<T extends Body>(frame: T): T & Encoded {
  return { ...frame, text: JSON.stringify(frame) };
}
