/** Makes tokens. Only their SHA-256 is stored, so that a stolen database opens nothing. */
import { createHash, type Hash, timingSafeEqual } from "node:crypto";

const TOKEN_BYTES = 32;

/** Makes a token of 256 random bits. */
export function makeToken(random: (bytes: number) => Uint8Array): string {
  return random(TOKEN_BYTES).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The SHA-256 of a token, as it is stored and looked up. */
export function hashToken(token: string): string {
  return sha256(token).digest("base64url");
}

/** Compares two secrets in a time that reveals neither where they differ nor how long they are. */
export function isSameSecret(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one).digest(), sha256(other).digest());
}

/** Synchronous, because hashing so little costs less than a promise. */
function sha256(text: string): Hash {
  return createHash("sha256").update(text);
}
