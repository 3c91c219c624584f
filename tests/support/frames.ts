/** Reads frames as a client that did not ask for compact ones. */
import { type ServerFrame, serverFrame } from "../../lib/protocol/frames.ts";
import { parseJson } from "../../lib/protocol/json.ts";

/** A server frame from its text, or undefined for one that this version doesn't know. */
export function parseServerFrame(text: string): ServerFrame | undefined {
  return serverFrame.safeParse(parseJson(text)).data;
}
