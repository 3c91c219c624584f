/** Runs the calls of one connection: at most 64 at once, in order where needed (lib/protocol/README.md §5). */
import { type CommandName, commands, isCommand } from "../../../protocol/commands.ts";
import { type Problem, Refusal, toProblem } from "../../../protocol/errors.ts";
import { CALLS_MAX, type ClientFrame } from "../../../protocol/frames.ts";
import { Turns } from "../../commands/turns.ts";

const RETRY_AFTER_MS = 1_000; // by then one of so many has been answered

/** What answers a call. */
export interface Reply {
  id: number;
  result?: unknown;
  error?: Problem;
}

export interface CallsDeps {
  /** Runs a command for this connection's person. Throws `Refusal`. */
  run(name: CommandName, body: unknown): Promise<unknown>;
  reply(frame: Reply): void;
  /** Called with an error of a command that is no refusal. */
  failed(error: unknown): void;
  /** Whether the server is going down: new calls are refused, and earlier ones are finished. */
  draining: AbortSignal;
}

/** A class, since there may be many; made at a connection's first call, which most never make. */
export class Calls {
  private underWay = 0;
  private readonly turns = new Turns();

  constructor(private readonly deps: CallsDeps) {}

  /** Whether others are under way than the one that is answered now. */
  get hasMore(): boolean {
    return this.underWay > 1;
  }

  take({ id, name, body }: Extract<ClientFrame, { t: "call" }>): void {
    const { reply, failed, draining } = this.deps;
    if (this.underWay >= CALLS_MAX) {
      const detail = `Cannot call ${name}: ${CALLS_MAX} calls are under way`;
      return reply({ id, error: toProblem(new Refusal("rate_limited", detail, { retryAfter: RETRY_AFTER_MS })) });
    }
    if (draining.aborted) {
      const detail = `Cannot call ${name}: the server is restarting`;
      return reply({ id, error: toProblem(new Refusal("unavailable", detail)) });
    }
    this.underWay++;
    this.answer(name, body).then((result) => reply({ id, result }), (error) => {
      if (!(error instanceof Refusal)) failed(error);
      reply({ id, error: toProblem(error) });
    }).finally(() => this.underWay--);
  }

  private async answer(name: string, body: unknown): Promise<unknown> {
    if (!isCommand(name) || "cookie" in commands[name]) {
      throw new Refusal("not_found", "Cannot call: there is no such command");
    }
    return await this.turns.take(name, body, () => this.deps.run(name, body));
  }
}
