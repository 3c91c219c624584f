/** What an HTTP answer without a problem object means for a call: also what a proxy, or the server before the app, says. */
import assert from "node:assert/strict";
import { isPassing, readRefusal } from "../../lib/client/connection/refusal.ts";

const answers: [status: number, code: string, isTriedAgain: boolean][] = [
  [400, "invalid", false],
  [403, "forbidden", false],
  [408, "unavailable", true], // the request never came whole; after a server was stopped, say (RFC 9110 §15.5.9)
  [413, "too_large", false],
  [421, "unavailable", true], // another connection may do (RFC 9110 §15.5.20)
  [425, "unavailable", true], // too early (RFC 8470 §5.2)
  [429, "rate_limited", true],
  [502, "unavailable", true],
  [504, "unavailable", true],
];

for (const [status, code, isTriedAgain] of answers) {
  Deno.test(`an answer of ${status} without a problem is ${code}, and ${isTriedAgain ? "" : "not "}tried again`, () => {
    const refusal = readRefusal(status, "<html>", "send message");
    assert.equal(refusal.code, code);
    assert.equal(isPassing(refusal), isTriedAgain);
  });
}
