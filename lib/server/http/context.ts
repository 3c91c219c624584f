/**
 * The first middleware: gives the request an id and a nonce, and finds the client's address and origin. Not Hono's
 * `requestId`, which takes the client's id and is missing from responses that a handler makes itself.
 */
import { createMiddleware } from "hono/factory";
import { createClientAddress } from "./address.ts";
import type { Env } from "./env.ts";
import { originOf } from "./origin.ts";

const REQUEST_ID_BYTES = 12;
const NONCE_BYTES = 18;

export function requestContext(
  { publicUrl, trustProxy }: { publicUrl?: string | undefined; trustProxy: string[] },
) {
  const clientAddress = createClientAddress(trustProxy);
  return createMiddleware<Env>(async (c, next) => {
    c.set("requestId", randomText(REQUEST_ID_BYTES));
    c.set("nonce", randomText(NONCE_BYTES));
    c.set("address", clientAddress(c.env?.remoteAddr?.hostname, c.req.header("x-forwarded-for")));
    c.set("origin", originOf(c, publicUrl));
    await next();
  });
}

function randomText(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url" });
}
