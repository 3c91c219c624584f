/** The latest state of a poll (digest, presence, typing) from the session's frames, and one hash over all of it. */
import { createHash } from "node:crypto";
import type { StateFrame } from "../frame.ts";

const TOKEN_LENGTH = 22;

export interface LatestState {
  /** Takes a frame; one of the digest has to be a whole one. */
  take(frame: StateFrame): void;
  /** Whether the whole digest has come, and the presence of the people asked for, if any. */
  complete(watching: boolean): boolean;
  stateHash(): string;
  frames(): object[];
}

export function createLatestState(): LatestState {
  let rooms: Record<string, { n: number; lastAt: number }> | undefined;
  let users: Record<string, string> | undefined;
  const typing = new Map<string, string[]>();
  let cachedHash: string | undefined; // until a frame changes it

  function frames(): object[] {
    return [
      ...(rooms ? [{ t: "digest", rooms }] : []),
      ...(users ? [{ t: "presence", users }] : []),
      ...[...typing].map(([room, people]) => ({ t: "typing", room, users: people })),
    ];
  }

  function hash(): string {
    const sorted = (it: object = {}) => Object.entries(it).sort(([a], [b]) => a < b ? -1 : 1);
    const state = [
      sorted(rooms),
      sorted(users),
      [...typing].map(([room, people]) => [room, [...people].sort()]).sort(),
    ];
    return createHash("sha256").update(JSON.stringify(state)).digest("base64url").slice(0, TOKEN_LENGTH);
  }

  return {
    take(frame) {
      cachedHash = undefined;
      if (frame.t === "digest") rooms = frame.rooms;
      else if (frame.t === "presence") users = { ...users, ...frame.users };
      else if (frame.users.length > 0) typing.set(frame.room, frame.users);
      else typing.delete(frame.room); // a room without a frame has nobody typing
    },
    complete: (watching) => rooms !== undefined && (!watching || users !== undefined),
    stateHash: () => cachedHash ??= hash(),
    frames,
  };
}
