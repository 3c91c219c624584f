/** How an answer begins: the message as a quote in Markdown, and whom it is for. */
const LINES_MAX = 3;
const LINE_MAX = 200;

/** `handle` is of the person who is mentioned, if anybody is. */
export function quoteOf(text: string, handle: string | undefined): string {
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const shown = lines.slice(0, LINES_MAX).map((line) => cut(line));
  const quoted = lines.length > LINES_MAX ? [...shown, "…"] : shown;
  return `${quoted.map((line) => `> ${line}`).join("\n")}\n\n${handle === undefined ? "" : `@${handle} `}`;
}

/** Cuts between whole characters. */
function cut(line: string): string {
  const all = [...line];
  return all.length > LINE_MAX ? `${all.slice(0, LINE_MAX).join("")}…` : line;
}
