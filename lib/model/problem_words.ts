/** What went wrong, in words for a reader. A problem's `detail`, "Cannot join: …", is for logs and the API. */
import { type Issue, type Problem, type ProblemCode, toProblem } from "../protocol/errors.ts";
import { HANDLE_MAX } from "../protocol/fields.ts";

/** What the reader typed, by field. */
export type Typed = { readonly [field: string]: string | undefined };

const AWAY = "Can't reach the server. Try again in a moment.";
const SIGNED_OUT = "You're signed out. Sign in again.";

/** By the reason in a detail. Any other reason is said as it is, unless its code has words. */
export const reasonWords: ReadonlyMap<string, string> = new Map(Object.entries({
  "token is not the one that was printed": "That set-up code doesn't match.",
  "it is set up already": "This workspace is already set up.",
  "handle or password is wrong": "Wrong handle or password.",
  "too many wrong passwords": "Too many tries. Wait a few minutes.",
  "current password is wrong": "That's not your current password.",
  "it was changed meanwhile": "It changed in the meantime. Try again.",
  "somebody else is signed in here": "Someone else is signed in in this browser. Reload the page.",
  "invite can no longer be used": "This invite is expired, used up or revoked. Ask for a new one.",
  "link can no longer be used": "This link is expired or used. Make a new one on the server.",
  "its address is not valid, or no longer": "This feed address no longer works. Create new ones in Settings.",
  "the request came from another site": "This came from another site, so nothing was done.",
  "only owners and admins may": "Only owners and admins can do that.",
  "only an owner may do that to an owner": "Only an owner can do that to an owner.",
  "only its creator, owners and admins may": "Only its creator, owners and admins can do that.",
  "only its author may": "Only its author can do that.",
  "the last active owner stays": "A workspace needs an owner. Make someone else an owner first.",
  "there is no such session": "That device is already signed out.",
  "you are not a member of the room": "You're not in this room.",
  "room is archived": "This room is archived.",
  "message is deleted": "This message was deleted.",
  "person is deactivated": "This person is deactivated.",
  "its key was used for something else": "This form was already sent. Send it again to go on.",
  "the server is restarting": "The server is restarting. Try again in a moment.",
  "no answer came": AWAY,
  "no connection": AWAY,
}));

const codeWords: Partial<Record<ProblemCode, string>> = {
  unauthenticated: SIGNED_OUT,
  not_found: "That's not there, or you don't have access.",
  gone: "That's no longer there. Reload the page.",
  too_large: "That's too long.",
  rate_limited: "Too much at once. Try again in a moment.",
  unavailable: "The server is busy. Try again in a moment.",
  storage_full: "The server is out of space. Tell an admin.",
  internal: "Something went wrong on our side. Try again.",
};

const labels: Typed = {
  workspace: "Workspace name",
  token: "Set-up code",
  current: "Current password",
  text: "Message",
  uses: "Number of uses",
  expiresIn: "Expiry",
};

/** The sign before a name in a sentence. */
const signs: Typed = { handle: "@", name: "#" };

/** The words for a problem, as whole sentences. Words about a field can say what was typed. */
export function problemWords({ code, title, detail = title, issues = [] }: Problem, typed: Typed = {}): string {
  const [issue] = issues;
  if (issue?.message === "is taken") return takenWords(issue, typed);
  if (issue && code === "invalid") return issueWords(issue, typed);
  const reason = detail.replace(/^Cannot [^:]+: /, "");
  return reasonWords.get(reason) ?? codeWords[code] ?? sentence(reason);
}

/** The words for anything that was thrown. */
export function errorWords(error: unknown, typed?: Typed): string {
  return problemWords(toProblem(error), typed);
}

/** "Nothing is there." of "nothing is there", with numbers as they are read: "16,000". */
export function sentence(words: string): string {
  const read = words.replace(/\d(?=(?:\d{3})+(?!\d))/g, "$&,");
  return read.charAt(0).toUpperCase() + read.slice(1) + (/[.?!…]$/.test(read) ? "" : ".");
}

function takenWords({ path }: Issue, typed: Typed): string {
  const value = typed[path]?.trim().replace(/^[@#]/, "");
  return value ? `${signs[path] ?? ""}${value} is taken.` : `That ${path} is taken.`;
}

function issueWords({ path, message }: Issue, typed: Typed): string {
  if (path !== "handle") return sentence(`${labels[path] ?? path} ${message}`.trim());
  const handle = typed.handle ?? "";
  if (handle.length > HANDLE_MAX) return `Handle is longer than ${HANDLE_MAX} characters.`;
  return /^[a-z0-9._-]+$/i.test(handle)
    ? "Start and end your handle with a letter or digit."
    : "Use a–z, 0–9, dots, dashes or underscores.";
}
