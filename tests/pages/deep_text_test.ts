/** A room's page is shown whatever its messages say, however they came to be stored. */
import assert from "node:assert/strict";
import { setAt } from "../../lib/server/kv/key.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import { TEXT_MAX } from "../../lib/protocol/fields.ts";
import { pageData } from "../../lib/ui/room/page_data.ts";
import { newKey } from "../support/services.ts";
import { withFixture } from "./fixture.ts";

const CODE_CHARACTERS = 7_900;
const fence = (lang: string, piece: string) => `\`\`\`${lang}\n${piece.repeat(CODE_CHARACTERS / piece.length)}\n\`\`\``;

const deep = [
  fence("rust", "a/*"),
  fence("js", "`${"),
  fence("ts", "`${\n"),
  fence("python", "@a(\n"),
  `${"*a **b ".repeat(1_000)}c${"***".repeat(1_000)}`,
  `${">".repeat(5_000)} a`,
  `${"[".repeat(5_000)}a${"](http://b.c)".repeat(700)}`,
];

Deno.test("a page of messages that nest without end is shown, and its browser can read it", async () => {
  await withFixture(async ({ ask, gauges, people: { owner }, workspace: { services } }) => {
    const seqs: number[] = [];
    for (const text of deep) {
      const { message } = await owner.call("messages.send", { room: gauges, text, key: newKey() });
      assert.equal(message.text, text.trim());
      seqs.push(message.seq);
    }
    // What an older version, or somebody's own hand, may have put there.
    const [seq = 0] = seqs;
    const { value } = await services.db.get(keys.message(gauges, seq));
    assert.ok(value);
    const stored = { ...value, text: "*a* ".repeat(TEXT_MAX / 2).slice(0, 2 * TEXT_MAX) };
    await services.db.commit({ sets: [setAt(keys.message(gauges, seq), stored)] });

    const response = await ask(`/rooms/${gauges}`, { as: owner });
    const html = await response.text();
    assert.equal(response.status, 200);
    const [, json = ""] = /<script type="application\/json" id="page-data"[^>]*>(.*?)<\/script>/.exec(html) ?? [];
    const shown = pageData.parse(JSON.parse(json)).page.messages.map((message) => message.seq);
    for (const one of seqs) assert.ok(shown.includes(one), `message ${one}`);
  });
});
