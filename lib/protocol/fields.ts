/**
 * The fields that commands, events and frames share: their patterns, their lengths (lib/protocol/README.md §3, §4) and
 * the words in which a wrong one is refused. Each message completes "Cannot send message: text …".
 */
import * as z from "zod/mini";
import { canBeCalled, hasUnseen } from "./visible.ts";

z.config({ jitless: true }); // The pages' CSP forbids eval, which zod's compiled parsers need.

export const TEXT_MAX = 16_000; // UTF-16 units
export const NAME_MAX = 80;
export const TOPIC_MAX = 400;
export const HANDLE_MAX = 40;
export const PASSWORD_MIN = 10;
export const PASSWORD_MAX = 200;
export const ID_MAX = 64;
export const OFFSET_MAX = 64;
export const LIST_LIMIT_MAX = 100;
export const LIST_LIMIT = 50;
export const DIRECT_USERS_MAX = 50;
export const USERS_GET_MAX = 200;

const wellFormed = z.refine<string>((value) => value.isWellFormed(), "has half a character (a lone surrogate)");

/** Any string, with lone surrogates refused (they have no UTF-8 form, so they could not come back as they went in). */
const string = (): z.ZodMiniString<string> => z.string("must be a string").check(wellFormed);

const tidied = (max: number, tidy: (value: string) => string) =>
  z.pipe(
    z.pipe(string(), z.transform(tidy)),
    z.string().check(z.minLength(1, "is empty"), z.maxLength(max, `is longer than ${max} characters`)),
  );

/** An id that the server made. Texts that name nothing are not found, not invalid. */
export const id = string().check(
  z.minLength(1, "is empty"),
  z.maxLength(ID_MAX, `is longer than ${ID_MAX} characters`),
);

/** A message's text: line ends become LF, then it is trimmed, then 1 to 16,000 UTF-16 units (zod counts characters). */
export const text = tidied(TEXT_MAX, (value) => value.replaceAll("\r\n", "\n").trim()).check(
  z.refine((value) => value.length <= TEXT_MAX, `is longer than ${TEXT_MAX} UTF-16 units`),
);

const LINE_MAX = 4 * TOPIC_MAX; // UTF-16 units: a longer line is too long anyhow, and not looked through

/** One line as it is seen: composed (NFC), with single spaces, trimmed. */
const toLine = (value: string) => {
  const line = value.replace(/\s+/g, " ").trim();
  return line.length > LINE_MAX ? line : line.normalize("NFC").trim();
};

const seen = z.refine<string>((value) => value.length > LINE_MAX || !hasUnseen(value), {
  error: "has characters that can't be seen or that turn text around: type it again without them",
  abort: true,
});

/**
 * A name of a person, room, workspace or token: one line in which everything is seen. Two that look alike by unseen
 * characters would be taken for each other, and one that turns text around changes what stands beside it (UTS #55).
 */
export const name = tidied(NAME_MAX, toLine).check(
  seen,
  z.refine<string>((value) => value === "" || canBeCalled(value), "needs a letter, a digit or an emoji"),
);

export const topic = z.pipe(
  z.pipe(string(), z.transform(toLine)),
  z.string().check(z.maxLength(TOPIC_MAX, `is longer than ${TOPIC_MAX} characters`)),
).check(seen);

/** A text to search for in names. Every name has the empty one in it. */
export const query = z.pipe(
  z.pipe(string(), z.transform(toLine)),
  z.string().check(z.maxLength(NAME_MAX, `is longer than ${NAME_MAX} characters`)),
);

/**
 * A handle. Case is ignored, so it is lowered here, once, and only behind the pattern, since the small letter of the
 * Kelvin sign is a "k" too. It ends with a letter or digit, so that the full stop of "@ann." is no part of it.
 */
export const handle = z.pipe(
  string().check(
    z.regex(
      new RegExp(`^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,${HANDLE_MAX - 2}}[A-Za-z0-9])?$`),
      `must be 1 to ${HANDLE_MAX} of a–z 0–9 . _ -, a letter or digit first and last`,
    ),
  ),
  z.transform((value: string) => value.toLowerCase()),
);

export const password = string().check(
  z.minLength(PASSWORD_MIN, `must have at least ${PASSWORD_MIN} characters`),
  z.maxLength(PASSWORD_MAX, `is longer than ${PASSWORD_MAX} characters`),
);

/** A password or handle somebody types to sign in: whatever it is, it is compared, not judged. */
export const attempt = string().check(z.maxLength(PASSWORD_MAX, `is longer than ${PASSWORD_MAX} characters`));

/** A secret given out by the server: set-up and invite tokens. */
export const secret = string().check(z.minLength(1, "is empty"), z.maxLength(200, "is longer than 200 characters"));

/** Names a creating command, so that trying again makes nothing twice. */
export const key = z.string("must be a string").check(
  z.regex(/^[A-Za-z0-9_-]{16,64}$/, "must be 16 to 64 of A–Z a–z 0–9 _ -"),
);

export const limit = z._default(
  z.int("must be a whole number").check(
    z.gte(1, `must be 1 to ${LIST_LIMIT_MAX}`),
    z.lte(LIST_LIMIT_MAX, `must be 1 to ${LIST_LIMIT_MAX}`),
  ),
  LIST_LIMIT,
);

/** An event's position in its stream. */
export const seq = z.int("must be a whole number").check(z.gte(1, "must be at least 1"));
/** A seq, or 0 for "before the first". */
export const seqOrZero = z.int("must be a whole number").check(z.gte(0, "must be at least 0"));
export const count = z.int().check(z.gte(0));
/** Milliseconds since 1970. */
export const time = z.int().check(z.gte(0));

/** The input of every list. `after` is the id of the last item that came. */
export const page = { after: z.optional(id), limit };

/** Narrows what a list has. */
export const flag = z.optional(z.boolean("must be true or false"));

/** A position between two events. Only its being text is judged here; the log knows what it gave out. */
export const offset = string().check(
  z.minLength(1, "is empty"),
  z.maxLength(OFFSET_MAX, `is longer than ${OFFSET_MAX} characters`),
);

export const DAY_MS = 86_400_000;

/** How long something is good for. */
export const expiresIn = (days: number) =>
  z.optional(
    z.int("must be a whole number of ms").check(
      z.gte(1, "must be in the future"),
      z.lte(days * DAY_MS, `must be at most ${days} days`),
    ),
  );
