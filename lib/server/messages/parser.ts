/**
 * Parses texts so that nobody waits for another's. What may be slow goes to a worker, one text at a time, and those who
 * wait for it take turns. Where the worker doesn't answer, the text is parsed here: the same text gives the same body
 * wherever it is parsed.
 */
import { createLanes } from "../limits/lanes.ts";
import { type InSlices, slices } from "../limits/slices.ts";
import { TooMany } from "../limits/slots.ts";
import { createSupervisedWorker, NoWorker, WorkerLost } from "../limits/worker.ts";
import { isQuick, type ParsedText, parseText } from "./parse.ts";

const WAITING_MAX = 25_600; // texts of all people; twice what all connections of one person may ask for at once
const DEADLINE_MS = 5_000; // a text takes 50 ms at worst; the first one waits for the worker too
const IDLE_MS = 60_000; // idle; a worker holds 30 MB, and another one starts in a third of a second

export interface Parser {
  /** Parses a text in the lane of a person. */
  parse(person: string, text: string): Promise<ParsedText>;
  /** Returns `known()` when the text's turn comes, as it may have been parsed meanwhile; else the result of `make`. */
  parseOnce<T>(
    person: string,
    text: string,
    known: () => T | undefined,
    make: (parsed: ParsedText) => T,
  ): Promise<T>;
  /** Slices for work on the main thread, between which others get turns. */
  inSlices: InSlices;
  /** Ends the worker. Later texts are parsed on the main thread. */
  close(): void;
}

export interface ParserOptions {
  /** The worker's script. */
  entry: URL;
  deadlineMs?: number;
  idleMs?: number;
  waitingMax?: number;
  inSlices?: InSlices;
}

export function createParser(
  {
    entry,
    deadlineMs = DEADLINE_MS,
    idleMs = IDLE_MS,
    waitingMax = WAITING_MAX,
    inSlices = slices.inSlices,
  }: ParserOptions,
): Parser {
  const worker = createSupervisedWorker<string, string>({ entry, does: "parses texts", deadlineMs, idleMs });
  const lanes = createLanes({ waitingMax });

  /** Does one piece of work on the main thread, when its slice has time. */
  async function here<T, R>(item: T, work: (item: T) => R): Promise<R> {
    const [made] = await inSlices([item], (it) => ({ value: work(it) }));
    if (!made) throw new RangeError("One item gave no result");
    return made.value;
  }

  const parseOnce: Parser["parseOnce"] = async (person, text, known, make) => {
    const parseHere = () => here(text, (it) => known() ?? make(parseText(it)));
    if (isQuick(text)) return await parseHere();
    try {
      return await lanes.run(
        person,
        async () => known() ?? await here(await worker.ask(text), (it) => make(parsedOf(it))),
      );
    } catch (error) {
      if (!(error instanceof WorkerLost || error instanceof NoWorker || error instanceof TooMany)) throw error;
      return await parseHere();
    }
  };

  return {
    inSlices,
    parseOnce,
    parse: (person, text) => parseOnce<ParsedText>(person, text, () => undefined, (it) => it),
    close: worker.close,
  };
}

function parsedOf(json: string): ParsedText {
  return JSON.parse(json);
}
