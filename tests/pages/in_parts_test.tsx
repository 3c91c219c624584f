/** Pages are rendered in parts: they come out as in one piece, and others have turns meanwhile. */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { renderToString, renderToStringAsync } from "preact-render-to-string";
import { jsonOf } from "../../lib/server/limits/json.ts";
import { createSlices, SLICE_MS } from "../../lib/server/limits/slices.ts";
import { InParts, type NextTurn, Turns } from "../../lib/ui/shell/in_parts.tsx";
import { stateOf } from "../../lib/ui/room/room_state.ts";
import { RoomPage } from "../../routes/pages/room/room_page.tsx";
import { loadRoom } from "../../routes/pages/room/room_data.ts";
import { newKey, withWorkspace } from "../support/services.ts";

const ROOMS = 40;

const inParts = (page: preact.JSX.Element, next: NextTurn) =>
  renderToStringAsync(<Turns.Provider value={next}>{page}</Turns.Provider>);

/** A turn at each asking but every third. */
function alternating(): NextTurn {
  let asked = 0;
  return () => ++asked % 3 ? setImmediate().then(() => {}) : undefined;
}

Deno.test("a room's page in parts, with turns wherever there can be one, is byte for byte the page in one piece", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const ann = await join("ann");
    let room = "";
    for (let at = 0; at < ROOMS; at++) {
      const visibility = at % 3 ? "public" : "private";
      ({ room: { id: room } } = await owner.call("rooms.create", { name: `<b> & ${at}`, visibility }));
    }
    await owner.call("rooms.addMember", { room, user: ann.user.id });
    await owner.call("rooms.direct", { users: [ann.user.id] });
    for (let at = 0; at < 30; at++) {
      const text = at % 4 ? `${at} *a* \`b\` <!--x--> & @owner` : `- ${at}\n- two\n\n> three`;
      const { message } = await (at % 2 ? ann : owner).call("messages.send", { room, text, key: newKey() });
      if (at % 5 === 0) await ann.call("messages.react", { room, seq: message.seq, emoji: "👍" });
    }
    const call = { token: owner.token, address: "127.0.0.1", agent: "test", origin: "http://localhost" };
    const signedIn = { ...call, user: owner.user, session: "s", setSession: () => {} };
    const data = await loadRoom(services, { room, zone: "UTC", pane: true }, signedIn);
    const page = () => <RoomPage state={stateOf(data, 0)} formKey="k" />;
    const whole = renderToString(page());
    assert.equal(data.page.messages.length, 30);
    assert.ok(whole.includes("&lt;b>") && whole.includes("</ul>"));
    assert.equal(await inParts(page(), alternating()), whole);
    assert.equal(await inParts(page(), () => undefined), whole);
    assert.equal(await jsonOf(data), JSON.stringify(data));
  }));

Deno.test("others have a turn between any two parts of a long list that take a slice each, and the rows keep their order", async () => {
  let clock = 0;
  let most = 0;
  const { next } = createSlices(() => clock);
  const rows = Array.from({ length: 100 }, (_, at) => at);
  let turns = 0;
  const isOver = { value: false };
  let rendered = 0;
  const others = (async () => {
    while (!isOver.value) {
      await setImmediate();
      most = Math.max(most, rendered);
      if (rendered > 0) turns++;
      rendered = 0;
    }
  })();
  const row = (at: number) => {
    clock += SLICE_MS / 8;
    rendered++;
    return <li>{at}</li>;
  };
  const html = await inParts(
    <ul>
      <InParts of={rows}>{row}</InParts>
    </ul>,
    next,
  );
  isOver.value = true;
  await others;
  assert.equal(html, `<ul>${rows.map((at) => `<li>${at}</li>`).join("")}</ul>`);
  assert.ok(most <= 16, `${most} rows in one turn`);
  assert.ok(turns >= 6, `${turns} turns`);
});

Deno.test("jsonOf() gives what JSON.stringify gives", async () => {
  const values = [
    { a: undefined, b: null, c: [undefined, null, 1, "<x>\u2028"], d: {}, e: [], f: { g: [[1, [2]], { h: true }] } },
    [],
    [{ a: undefined }],
    { '"': "\ud800" },
  ];
  for (const value of values) assert.equal(await jsonOf(value), JSON.stringify(value));
});
