/** What every request carries through the middleware, and the call that a command's handler gets. */
import type { Context } from "hono";
import type { SignedIn } from "../auth/service.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Call, SignedInCall } from "../commands/handlers.ts";
import { readSessionCookies, setSessionCookie } from "./cookie.ts";
import type { Shares } from "../commands/shares.ts";
import type { Upgraded } from "./upgrade.ts";

const AGENT_MAX = 200; // characters kept of a User-Agent

/** What the server gives beside a request. */
export interface Peer {
  remoteAddr?: { hostname?: string };
  /**
   * Settles when all of the answer has been sent, or the client has gone. An answer that is a stream must ask for it
   * before it is given: a server may take any other answer whole.
   */
  completed?: Promise<void>;
  /** Takes the connection over as a WebSocket. Throws where the request is no proper upgrade. */
  upgrade?: (() => Upgraded) | undefined;
}

export interface Env {
  Bindings: Peer | undefined;
  Variables: {
    requestId: string;
    /** The nonce of the page's Content-Security-Policy, which every script element carries. */
    nonce: string;
    /** The client's, as far as TRUST_PROXY lets it be believed. */
    address: string;
    /** PUBLIC_URL, else where the request came to. */
    origin: string;
    signedIn?: SignedIn | undefined;
    /** The share of each person in this process. */
    shares?: Shares;
  };
}

/** The call of a command that needs no sign-in; it names the person if there is one. */
export function toCall(c: Context<Env>): Call | SignedInCall {
  const origin = c.get("origin");
  const call: Call = {
    address: c.get("address"),
    agent: readAgent(c.req.header("user-agent")),
    origin,
    sessionTokens: readSessionCookies(c, origin).map(({ token }) => token),
    setSession: (token) => setSessionCookie(c, origin, token),
  };
  const signedIn = c.get("signedIn");
  return signedIn ? { ...call, user: signedIn.user, session: signedIn.session, byToken: signedIn.byToken } : call;
}

/** A User-Agent as settings may show it, in printable ASCII: others would be decoded wrong, or not be seen. */
function readAgent(header = ""): string {
  return header.replace(/[^ -~]/g, "").trim().slice(0, AGENT_MAX);
}

/** Throws `Refusal("unauthenticated")` where nobody is signed in. */
export function toSignedInCall(c: Context<Env>, verb = "do that"): SignedInCall {
  const call = toCall(c);
  if (!isSignedIn(call)) throw new Refusal("unauthenticated", `Cannot ${verb}: not signed in`);
  return call;
}

export function isSignedIn(call: Call | SignedInCall): call is SignedInCall {
  return "user" in call;
}
