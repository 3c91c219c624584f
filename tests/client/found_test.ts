/** Lists that the server searches, as a dialog shows them. */
import assert from "node:assert/strict";
import { createFound, FIND_MS } from "../../lib/client/stores/found.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { createFakeClock, settled } from "./fake_clock.ts";

function setUp() {
  const clock = createFakeClock();
  const asked: {
    query: string;
    last: number | undefined;
    give: PromiseWithResolvers<{ items: number[]; more: boolean }>;
  }[] = [];
  const found = createFound<number>({
    clock,
    page(query, last) {
      const give = Promise.withResolvers<{ items: number[]; more: boolean }>();
      asked.push({ query, last, give });
      return give.promise;
    },
  });
  const answer = (at: number, items: number[], more: boolean) => {
    asked[at]?.give.resolve({ items, more });
    return settled();
  };
  return { clock, asked, found, answer, calls: () => asked.map(({ query, last }) => [query, last]) };
}

Deno.test("a list goes on page by page, and says until then that there is more", async () => {
  const { found, answer, calls } = setUp();
  found.find("");
  await answer(0, [1, 2], true);
  assert.deepEqual([found.items.value, found.more.value, found.of.value], [[1, 2], true, ""]);
  const more = found.loadMore();
  await answer(1, [3], false);
  await more;
  assert.deepEqual([found.items.value, found.more.value], [[1, 2, 3], false]);
  assert.deepEqual(calls(), [["", undefined], ["", 2]]);
});

Deno.test("letters typed together are one search, and only the last word's answer is shown", async () => {
  const { clock, found, answer, calls } = setUp();
  found.find("");
  await answer(0, [1], true);
  found.find("a");
  clock.advance(FIND_MS - 1);
  found.find("an");
  clock.advance(FIND_MS - 1);
  assert.equal(calls().length, 1);
  clock.advance(1);
  found.find("ann");
  clock.advance(FIND_MS);
  await answer(2, [3], false);
  await answer(1, [2], true);
  assert.deepEqual(calls(), [["", undefined], ["an", undefined], ["ann", undefined]]);
  assert.deepEqual([found.items.value, found.more.value, found.of.value], [[3], false, "ann"]);
});

Deno.test("what is here stays where the next page is refused, and can be asked for again", async () => {
  const { asked, found, answer, calls } = setUp();
  found.find("");
  await answer(0, [1], true);
  const more = found.loadMore();
  asked[1]?.give.reject(new Refusal("unavailable", "Cannot list people: no connection"));
  await more;
  assert.deepEqual([found.items.value, found.more.value], [[1], true]);
  assert.equal(found.error.value, "Can't reach the server. Try again in a moment.");
  const again = found.loadMore();
  await answer(2, [2], false);
  await again;
  assert.deepEqual([found.items.value, found.error.value], [[1, 2], undefined]);
  assert.deepEqual(calls(), [["", undefined], ["", 1], ["", 1]]);
});
