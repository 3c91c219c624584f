/**
 * What a poll answers of the latest state: the digest, presence and typing as frames, and one token over all of them.
 * Built from the frames that a session gets, so it is the same as what a socket's client would know.
 */
import { createHash } from "node:crypto";
import { serverFrames } from "../../../protocol/frames.ts";

const TOKEN_LENGTH = 22;

export interface LatestState {
  /** Takes a frame of latest state, of the digest a whole one; others are none of its business. */
  take(t: string, frame: string): void;
  /** Whether the whole digest has come, and the presence of the people asked for, if any. */
  complete(watching: boolean): boolean;
  token(): string;
  frames(): object[];
}

export function createLatestState(): LatestState {
  let rooms: Record<string, { n: number; lastAt: number }> | undefined;
  let users: Record<string, string> | undefined;
  const typing = new Map<string, string[]>();
  let known: string | undefined; // the token, until something is taken

  function frames(): object[] {
    return [
      ...(rooms ? [{ t: "digest", rooms }] : []),
      ...(users ? [{ t: "presence", users }] : []),
      ...[...typing].map(([room, people]) => ({ t: "typing", room, users: people })),
    ];
  }

  function token(): string {
    const sorted = (it: object = {}) => Object.entries(it).sort(([a], [b]) => a < b ? -1 : 1);
    const state = [
      sorted(rooms),
      sorted(users),
      [...typing].map(([room, people]) => [room, [...people].sort()]).sort(),
    ];
    return createHash("sha256").update(JSON.stringify(state)).digest("base64url").slice(0, TOKEN_LENGTH);
  }

  return {
    take(t, frame) {
      known = undefined;
      if (t === "digest") ({ rooms } = serverFrames.digest.parse(JSON.parse(frame)));
      if (t === "presence") users = { ...users, ...serverFrames.presence.parse(JSON.parse(frame)).users };
      if (t !== "typing") return;
      const it = serverFrames.typing.parse(JSON.parse(frame));
      if (it.users.length > 0) typing.set(it.room, it.users);
      else typing.delete(it.room); // a room without a frame has nobody typing
    },
    complete: (watching) => rooms !== undefined && (!watching || users !== undefined),
    token: () => known ??= token(),
    frames,
  };
}
