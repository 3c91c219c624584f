/**
 * Answers with a text that may be long. The runtime takes any length at once and has no deadline for clients that don't
 * read, so a long text goes out in pieces, counts in the backlog of its person until it is read, and is given up after
 * 30 s without progress.
 */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Backlog } from "../limits/backlog.ts";
import { encoded, encodingFor, encodingHeaders } from "./encoding.ts";
import type { Env } from "./env.ts";

const ENCODED_MIN = 1_024; // characters; a shorter text fits into one packet as it is
const PIECES_MIN = 65_536; // characters or bytes; a socket's own buffers take less
const PIECE = 65_536; // bytes
const NOT_READING_MS = 30_000; // without progress
const RUNTIME_HOLDS = 512 * 1024; // bytes that the runtime may hold of an answer that was given up

export interface Given {
  status?: ContentfulStatusCode;
  /** The Content-Type is one of them. */
  headers: Record<string, string>;
  isPage?: boolean;
}

/** Answers with the text, encoded where that pays and the reader takes it. */
export async function give(c: Context<Env>, text: string, given: Given): Promise<Response> {
  const { status = 200, isPage } = given;
  const encoding = text.length < ENCODED_MIN ? undefined : encodingFor(c);
  const body = await encoded(text, encoding);
  const headers = { ...given.headers, ...encodingHeaders(encoding) };
  const [user, shares] = [c.get("signedIn")?.user.id, c.get("shares")];
  if (user === undefined || !shares) return c.body(body, status, headers);
  shares.answered(user, text.length, isPage);
  if (body.length < PIECES_MIN || c.req.method === "HEAD") return c.body(body, status, headers);
  return c.body(inPieces(body, { backlog: shares.backlog, user, completed: c.env?.completed }), status, headers);
}

interface PieceOptions {
  backlog: Pick<Backlog, "add">;
  user: string;
  /** Settles when all has been sent, or the client has gone. */
  completed: Promise<void> | undefined;
  /** How long it may go without progress; 30 s by default. */
  notReadingMs?: number;
}

/** The body as a stream. It counts in the backlog of its reader until it is sent. */
export function inPieces(
  body: string | Uint8Array,
  { backlog, user, completed, notReadingMs = NOT_READING_MS }: PieceOptions,
): ReadableStream<Uint8Array> {
  let bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  let at = 0;
  let counted = 0;
  let late: ReturnType<typeof setTimeout> | undefined;

  function count(amount: number): void {
    backlog.add(user, amount - counted);
    counted = amount;
  }
  /** Nothing more is given. Bytes that the runtime has taken count until they are sent, where it reports that. */
  function end(isThere: boolean): void {
    clearTimeout(late);
    bytes = new Uint8Array();
    count(isThere && completed ? Math.min(counted, RUNTIME_HOLDS) : 0);
  }
  function watch(controller: ReadableStreamDefaultController<Uint8Array>): void {
    clearTimeout(late);
    late = setTimeout(() => {
      end(true);
      controller.error(new Error("The answer is not read"));
    }, notReadingMs);
  }

  count(bytes.length);
  completed?.catch(() => {}).then(() => count(0));
  return new ReadableStream<Uint8Array>({
    start: watch,
    pull(controller) {
      watch(controller);
      controller.enqueue(bytes.subarray(at, at += PIECE));
      if (at < bytes.length) return;
      end(true);
      controller.close();
    },
    cancel: () => end(false),
  }, { highWaterMark: 0 });
}
