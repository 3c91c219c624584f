/** A small HTTP client of the command API: one person's cookie, and the Origin header that every POST needs. */
import { type CommandName, commands, type Input, type Output } from "../../lib/protocol/commands.ts";
import { type Problem, problem } from "../../lib/protocol/errors.ts";

const CALL_DEADLINE_MS = 30_000;

/** An answer that is not 200. `problem` is missing where the body is none (a proxy's page, say). */
export class ApiError extends Error {
  override name = "ApiError";
  constructor(name: string, readonly status: number, readonly problem: Problem | undefined) {
    super(`${name}: ${status} ${problem?.detail ?? problem?.title ?? ""}`);
  }
}

export interface Api {
  readonly url: string;
  /** Headers that a WebSocket upgrade or a page needs to come from this person: Origin, and Cookie once signed in. */
  headers(): Record<string, string>;
  /** `name=value`, "" while signed out. */
  cookie(): string;
  /** Calls a command; the answer is parsed with its schema. Throws `ApiError`. */
  call<N extends CommandName>(name: N, body: Input<N>): Promise<Output<N>>;
  /** Posts any body to /api/<name> and gives whatever comes back; the caller reads or cancels its body. */
  post(name: string, body: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Makes the workspace; its first person is signed in here. */
  setUp(token: string, fields?: Partial<Omit<Input<"auth.setUp">, "token">>): Promise<Output<"auth.setUp">>;
  signIn(handle: string, password: string): Promise<Output<"auth.signIn">>;
}

export const OWNER = { name: "Noor Haddad", handle: "noor", password: "correct horse battery" } as const;

/** The command table, typed so that an answer's type follows from the command's name. */
const outputs: { [N in CommandName]: { output: { parse(value: unknown): Output<N> } } } = commands;

/** A client of the server at `url` (an origin); nobody is signed in yet, unless a `cookie` of somebody is given. */
export function createApi(url: string, cookie = ""): Api {
  const headers = () => ({ origin: url, ...(cookie && { cookie }) });

  async function post(name: string, body: unknown, more: Record<string, string> = {}): Promise<Response> {
    const response = await fetch(`${url}/api/${name}`, {
      method: "POST",
      headers: { ...headers(), "content-type": "application/json", ...more },
      body: typeof body === "string" ? body : JSON.stringify(body),
      redirect: "manual",
      signal: AbortSignal.timeout(CALL_DEADLINE_MS),
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = ""] = line.split(";");
      cookie = pair.endsWith("=") || /max-age=0\b/i.test(line) ? "" : pair;
    }
    return response;
  }
  async function call<N extends CommandName>(name: N, body: Input<N>): Promise<Output<N>> {
    const response = await post(name, body);
    const answer: unknown = await response.json().catch(() => undefined);
    if (response.status === 200) return outputs[name].output.parse(answer);
    throw new ApiError(name, response.status, problem.safeParse(answer).data);
  }

  return {
    url,
    headers,
    cookie: () => cookie,
    call,
    post,
    setUp: (token, fields = {}) => call("auth.setUp", { token, workspace: "Northfell Survey", ...OWNER, ...fields }),
    signIn: (handle, password) => call("auth.signIn", { handle, password }),
  };
}
