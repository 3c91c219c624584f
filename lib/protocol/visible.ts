/** What is seen of a text, whatever characters it has (lib/protocol/README.md §3). */

/** A character that draws something by itself. Marks need one to stand on. U+2800, U+FFFC and U+1D159 are blanks. */
const DRAWN = /[^\s\p{Z}\p{M}\p{Cc}\p{Cf}\p{Cs}\p{NChar}\p{DI}\u2800\uFFFC\u{1D159}]/v;

/** Whether anything of a text is seen. */
export function draws(text: string): boolean {
  return DRAWN.test(text);
}
