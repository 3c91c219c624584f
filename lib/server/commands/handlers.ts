/** The types of the handlers of commands. Features fill the table; transports and routes only call it. */
import type { CommandName, Commands, Output, Parsed } from "../../protocol/commands.ts";
import type { User } from "../../protocol/users.ts";

/** A call under way, by a person or by nobody. */
export interface Call {
  /** The client's address, as far as TRUST_PROXY lets it be believed. */
  address: string;
  /** The User-Agent header, cut to 200 characters. */
  agent: string;
  /** The origin that links given out start with: PUBLIC_URL's, else the one the request came to. */
  origin: string;
  /** The session cookies that came with it over HTTP, also beside a token; some may name no session. */
  sessionTokens?: readonly string[];
  /** Sets the session cookie to this token, or clears it. Only commands with `cookie: true` may. */
  setSession(token: string | undefined): void;
}

export interface SignedInCall extends Call {
  user: User;
  /** The public id of the session, which `welcome` carries. */
  session: string;
  /** The person is here by a personal access token; `session` is its id. */
  byToken?: true | undefined;
}

export type CallFor<N extends CommandName> = Commands[N] extends { open: true } ? Call | SignedInCall : SignedInCall;
export type Handler<N extends CommandName> = (body: Parsed<N>, call: CallFor<N>) => Promise<Output<N>>;
export type Handlers<N extends CommandName = CommandName> = { [K in N]: Handler<K> };
