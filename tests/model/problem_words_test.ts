/** Problems of the server in a reader's words: never "Cannot …", and with what was typed. */
import assert from "node:assert/strict";
import { errorWords, problemWords, reasonWords, sentence, type Typed } from "../../lib/model/problem_words.ts";
import { type Issue, type ProblemCode, Refusal, toProblem } from "../../lib/protocol/errors.ts";

type Row = [code: ProblemCode, reason: string, words: string, issue?: Issue, typed?: Typed];

const taken = (path: string): Issue => ({ path, message: "is taken" });
const handle: Issue = { path: "handle", message: "must be 1 to 40 of a–z 0–9 . _ -, a letter or digit first and last" };
const invalid = (path: string, message: string, words: string): Row => {
  return ["invalid", `${path} ${message}`, words, { path, message }];
};

const rows: readonly Row[] = [
  ["forbidden", "token is not the one that was printed", "That set-up code doesn't match."],
  ["unauthenticated", "handle or password is wrong", "Wrong handle or password."],
  ["rate_limited", "too many wrong passwords", "Too many tries. Wait a few minutes."],
  ["conflict", "handle is taken", "@ilya is taken.", taken("handle"), { handle: "@ilya", name: "Ilya" }],
  ["conflict", "handle is taken", "That handle is taken.", taken("handle"), { handle: "" }],
  ["conflict", "name is taken", "#gauges is taken.", taken("name"), { name: " gauges " }],
  ["conflict", "name is taken", "That name is taken.", taken("name")],
  ["invalid", "handle", "Use a–z, 0–9, dots, dashes or underscores.", handle, { handle: "Ilya Brandt" }],
  ["invalid", "handle", "Start and end your handle with a letter or digit.", handle, { handle: "ilya." }],
  ["invalid", "handle", "Handle is longer than 40 characters.", handle, { handle: "i".repeat(41) }],
  invalid("name", "is empty", "Name is empty."),
  invalid("workspace", "needs a letter, a digit or an emoji", "Workspace name needs a letter, a digit or an emoji."),
  invalid("password", "must have at least 10 characters", "Password must have at least 10 characters."),
  invalid("text", "is longer than 16000 characters", "Message is longer than 16,000 characters."),
  invalid("expiresIn", "must be in the future", "Expiry must be in the future."),
  invalid("uses", "must be at most 1000", "Number of uses must be at most 1,000."),
  ["unauthenticated", "your sign-in has ended", "You're signed out. Sign in again."],
  ["rate_limited", "too many requests", "Too much at once. Try again in a moment."],
  ["unavailable", "no connection", "Can't reach the server. Try again in a moment."],
  ["unavailable", "no answer came", "Can't reach the server. Try again in a moment."],
  ["unavailable", "the server answered 502", "The server is busy. Try again in a moment."],
  ["storage_full", "storage is full", "The server is out of space. Tell an admin."],
  ["not_found", "there is no such room", "That's not there, or you don't have access."],
  ["forbidden", "you are not a member of the room", "You're not in this room."],
  ["forbidden", "you have made 1000 rooms, which is the most", "You have made 1,000 rooms, which is the most."],
  ["conflict", "you have 50, revoke one first", "You have 50, revoke one first."],
];

Deno.test("a problem has words for its reader: known ones by their reason or code, others the reason alone", () => {
  for (const [code, reason, words, issue, typed] of rows) {
    const refusal = new Refusal(code, `Cannot do something: ${reason}`, issue && { issues: [issue] });
    assert.equal(problemWords(toProblem(refusal), typed), words, reason);
  }
});

Deno.test("what is no refusal is said to be our fault, and one without a detail has its title", () => {
  const ours = "Something went wrong on our side. Try again.";
  assert.equal(errorWords(new TypeError("Cannot read properties of undefined")), ours);
  assert.equal(errorWords(new Refusal("internal", "Cannot send message: the answer makes no sense")), ours);
  const bare = { type: "about:blank", title: "Conflict", status: 409, code: "conflict" } as const;
  assert.equal(problemWords(bare), "Conflict.");
});

Deno.test("a sentence begins with a capital and has one end", () => {
  assert.deepEqual(["no answer came", "Done.", "Reconnecting…"].map(sentence), [
    "No answer came.",
    "Done.",
    "Reconnecting…",
  ]);
});

Deno.test("every reason that has words is one that our code gives, and all words are whole sentences", async () => {
  const code = (await Promise.all(["lib", "routes"].map(textOf))).join("\n");
  for (const [reason, words] of reasonWords) {
    assert.ok(code.includes(`: ${reason}\``) || code.includes(`: ${reason}"`) || code.includes(`"${reason}"`), reason);
    assert.match(words, /^[A-Z].*\.$/);
    assert.doesNotMatch(words, /Cannot /);
  }
});

/** All source below a folder of the repository, without the table itself. */
async function textOf(folder: string): Promise<string> {
  const texts: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory) texts.push(await textOf(path));
    else if (/\.tsx?$/.test(name) && name !== "problem_words.ts") texts.push(await Deno.readTextFile(path));
  }
  return texts.join("\n");
}
