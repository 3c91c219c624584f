/** Tokens that are given out, and what is stored of them: their SHA-256 only, so that a stolen database opens nothing. */
import { timingSafeEqual } from "node:crypto";
import { toBase64Url } from "./base64.ts";

const TOKEN_BYTES = 32;

/** Makes a token of 256 random bits. */
export function makeToken(random: (bytes: number) => Uint8Array): string {
  return toBase64Url(random(TOKEN_BYTES));
}

/** The SHA-256 of a token, as it is stored and looked up. */
export async function hashToken(token: string): Promise<string> {
  return toBase64Url(await sha256(token));
}

/** Compares two secrets in a time that tells nothing of where they differ, nor of their lengths. */
export async function isSameSecret(one: string, other: string): Promise<boolean> {
  const [a, b] = await Promise.all([sha256(one), sha256(other)]);
  return timingSafeEqual(a, b);
}

async function sha256(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}
