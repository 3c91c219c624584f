/**
 * What is seen of a text, whatever characters it has (lib/protocol/README.md §3). The patterns are made at first use:
 * the runtime's data for them takes some 30 ms to load, which neither a start nor a page waits for.
 */

/** A character that draws something by itself. Marks need one to stand on. U+2800, U+FFFC and U+1D159 are blanks. */
const drawn = () => /[^\s\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{NChar}\p{DI}\u2800\uFFFC\u{1D159}]/v;

/** Whether anything of a text is seen. */
export function draws(text: string): boolean {
  return drawn().test(text);
}

/** Scripts whose letters take another form beside a joiner (Unicode, chapter 23.2). */
const JOINING = "Adlm Arab Beng Deva Gujr Guru Khmr Knda Mand Mlym Mong Mymr Nkoo Orya Sinh Syrc Taml Telu Tibt"
  .split(" ").map((name) => `\\p{sc=${name}}`).join("");
const VIRAMA = "\\u094D\\u09CD\\u0A4D\\u0ACD\\u0B4D\\u0BCD\\u0C4D\\u0CCD\\u0D4D\\u0DCA";

/** Characters that are not seen, where they change what is: in emoji, and in the letters of some scripts. */
const SHAPING = [
  "\\p{RGI_Emoji}",
  "(?<=[\\p{ExtPict}\\p{EMod}\\uFE0F])\\u200D(?=\\p{ExtPict})",
  "(?<=\\p{ExtPict})[\\uFE0E\\uFE0F]",
  "(?<=\\p{sc=Han})[\\uFE00-\\uFE02\\u{E0100}-\\u{E01EF}]", // a form of the ideograph, as families write it
  `(?<=[${JOINING}])[\\u200C\\u200D](?=[${JOINING}])`,
  `(?<=[${VIRAMA}])\\u200D`,
  "(?<=\\p{sc=Mong})(?:[\\u180B-\\u180D\\u180F]|\\u180E(?=\\p{sc=Mong}))",
].join("|");
let shaping: RegExp | undefined;

/** Controls, bidi and format characters, tags, fillers, private ones, marks on nothing of the line, or on a pile. */
const unseen = () => /[\p{Cc}\p{Cf}\p{Co}\p{NChar}\p{DI}\u2800\uFFFC\u{1D159}]|^\p{M}|[\p{M}&&\p{sc=Zinh}]{4}/v;

/** Whether a line has something that is not seen, or that changes what is seen around it. */
export function hasUnseen(line: string): boolean {
  shaping ??= new RegExp(SHAPING, "gv");
  return unseen().test(line.replace(shaping, ""));
}

const naming = () => /[\p{L}\p{N}\p{ExtPict}]|(?![\p{Sk}\p{ASCII}])\p{S}|\p{RGI_Emoji}/v;

/** Whether a line has something to call it by: a letter, a digit, an emoji, or a symbol that no keyboard has. */
export function canBeCalled(line: string): boolean {
  return naming().test(line);
}

/** Loads the runtime's data about characters, which would hold the server up for 40 ms at first use. */
export function warmPatterns(): void {
  draws("a");
  hasUnseen("a");
  canBeCalled("a");
}
