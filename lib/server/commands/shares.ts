/**
 * Bounds one person's share of the process: of calls that read much a few run at a time, answers are charged by their
 * length, and nothing is worked out for somebody who does not read earlier answers.
 */
import { type Budget, createBudget, ENDLESS } from "../limits/budget.ts";
import type { Backlog } from "../limits/backlog.ts";
import { createSlots, TooMany } from "../limits/slots.ts";
import { type CommandName, commands } from "../../protocol/commands.ts";
import type { Command } from "../../protocol/command.ts";
import { Refusal } from "../../protocol/errors.ts";

const READS_AT_ONCE = 4; // of a person
const READS_WAITING_MAX = 256;
const PAGES_AT_ONCE = 1;
const PAGES_WAITING_MAX = 32;
const PAGE_MS = 20; // an ordinary page takes at most so much
const PAGES_REST_MAX = 500; // ms
const WINDOW_MS = 10_000;
const ANSWERED_MAX = 32 * 1024 * 1024; // characters of answers to a person in a window; further reads wait
const PAGE_WEIGHT = 4; // a character of a page is as much work as so many of an answer
const CHANGED_MAX = 6 * 1024 * 1024; // characters of messages that a person changes in a window, each sent whole
const CHANGED_A_CHARACTER = 6; // the encoded message is so many times its text
const FOLLOWERS_A_FAN_OUT = 32; // sending it to so many is as much work as making what is sent
const RETRY_MS = 1_000; // by then something may have been read

export interface Shares {
  /** Runs a person's command in their share. Throws `Refusal("rate_limited")` where that is used up. */
  call<T>(person: string, name: CommandName, verb: string, work: () => Promise<T>): Promise<T>;
  /** The same for a page. */
  page<T>(person: string, work: () => Promise<T>): Promise<T>;
  /** Charges a person for an answer of so many characters. */
  answered(person: string, characters: number, isPage?: boolean): void;
  readonly backlog: Backlog;
}

export interface SharesOptions {
  /** False leaves only what bounds memory: what is unread, and what is under way. */
  limits: boolean;
  backlog: Backlog;
  /** How many follow a room here. */
  followers?: (room: string) => number;
}

export function createShares({ limits, backlog, followers = () => 0 }: SharesOptions): Shares {
  const budget = (max: number): Budget => limits ? createBudget(max, WINDOW_MS) : ENDLESS;
  const [answers, changes] = [budget(ANSWERED_MAX), budget(CHANGED_MAX)];
  const reading = createSlots({ atOnce: READS_AT_ONCE, waitingMax: READS_WAITING_MAX });
  const rest = limits && { restAfter: pageRest };
  const showing = createSlots({ atOnce: PAGES_AT_ONCE, waitingMax: PAGES_WAITING_MAX, ...rest });

  const refuse = (verb: string, reason: string, retryAfter: number): never => {
    throw new Refusal("rate_limited", `Cannot ${verb}: ${reason}`, { retryAfter });
  };

  function assertReads(person: string, verb: string): void {
    if (backlog.isOver(person)) refuse(verb, "what was answered before is not read", RETRY_MS);
  }

  /** Runs in a slot. Answers that were given while it waited count too. */
  async function inTurn<T>(slots: typeof reading, person: string, verb: string, work: () => Promise<T>): Promise<T> {
    try {
      return await slots.run(person, async () => {
        assertReads(person, verb);
        if (answers.isSpent(person)) refuse(verb, "too much was read", answers.renewsIn());
        return await work();
      });
    } catch (error) {
      if (error instanceof TooMany) refuse(verb, "too much is under way", RETRY_MS);
      throw error;
    }
  }

  return {
    backlog,
    async call(person, name, verb, work) {
      assertReads(person, verb);
      if (loadOf(name) === "read") return await inTurn(reading, person, verb, work);
      if (loadOf(name) !== "change") return await work();
      if (changes.isSpent(person)) refuse(verb, "too much was changed", changes.renewsIn());
      const result = await work();
      const message = messageOf(result);
      const costs = 1 + (message ? followers(message.room) / FOLLOWERS_A_FAN_OUT : 0);
      changes.charge(person, CHANGED_A_CHARACTER * (message?.text.length ?? 0) * costs);
      return result;
    },
    page: (person, work) => inTurn(showing, person, "open page", work),
    answered: (person, characters, isPage = false) =>
      answers.charge(person, isPage ? PAGE_WEIGHT * characters : characters),
  };
}

/** After a page, ms: as long as it took, so that others get turns; after a large one three times that, for clean-up. */
export function pageRest(took: number): number {
  return Math.min(took <= PAGE_MS ? took : 8 * took, PAGES_REST_MAX);
}

/** The message that a change gives. */
function messageOf(result: unknown): { room: string; text: string } | undefined {
  const message = typeof result === "object" && result !== null && "message" in result ? result.message : undefined;
  if (typeof message !== "object" || message === null || !("text" in message) || !("room" in message)) return undefined;
  const { room, text } = message;
  return typeof text === "string" && typeof room === "string" ? { room, text } : undefined;
}

function loadOf(name: CommandName): Command["load"] {
  const command: Command = commands[name];
  return command.load;
}
