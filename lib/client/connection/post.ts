/** Commands as POST /api/<name>, and the probe that finds why a connection failed (lib/protocol/README.md §1, §3). */
import type { Input, Output } from "../../protocol/commands.ts";
import { type PageCommand, pageCommands } from "../../protocol/page_commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { Caller } from "./calls.ts";
import { readOutput, readRefusal } from "./refusal.ts";

const POST_DEADLINE_MS = 15_000;
const PROBE_DEADLINE_MS = 5_000;

/** The server's state for us: `ok`, signed out, refusing (503 and the like), or not reachable. */
export type Probe = "ok" | "signed_out" | "unavailable" | "unreachable";

type Fetch = (input: string, init: RequestInit) => Promise<Response>;

/** `me` goes along, so that a tab left open under another person does nothing. */
export function createPost({ me, fetch }: { me: string; fetch: Fetch }): Caller {
  return async function post<N extends PageCommand>(name: N, body: Input<N>): Promise<Output<N>> {
    const { verb } = pageCommands[name];
    let response: Response;
    try {
      response = await fetch(`/api/${name}`, request(me, body, POST_DEADLINE_MS));
    } catch {
      throw new Refusal("unavailable", `Cannot ${verb}: no connection`);
    }
    const value: unknown = await response.json().catch(() => undefined);
    if (!response.ok) throw readRefusal(response.status, value, verb);
    return readOutput(name, value);
  };
}

/** Never throws. */
export function createProbe({ me, fetch }: { me: string; fetch: Fetch }): () => Promise<Probe> {
  return async () => {
    try {
      const { status, body } = await fetch("/api/auth.me", request(me, {}, PROBE_DEADLINE_MS));
      await body?.cancel();
      if (status === 401) return "signed_out";
      return status >= 500 || status === 429 ? "unavailable" : "ok";
    } catch {
      return "unreachable";
    }
  };
}

function request(me: string, body: unknown, deadline: number): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/json", "x-rivulet-as": me },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(deadline),
  };
}
