import * as z from "zod/mini";
import { serverFrames } from "../../../protocol/frames.ts";

const answer = z.union([serverFrames.followed, serverFrames.gone]);

/** The stream that a `followed` or `gone` frame answers for. */
export function streamAnswered(frame: string): string {
  return answer.parse(JSON.parse(frame)).stream;
}
