import assert from "node:assert/strict";
import type { Body } from "../../lib/protocol/body.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import { Avatar, initialsOf } from "../../lib/ui/shell/avatar.tsx";
import { BodyView } from "../../lib/ui/room/body_view.tsx";
import type { ConnectionState } from "../../lib/ui/shell/connection.tsx";
import { clockTime, dayLabel } from "../../lib/ui/shell/format.ts";
import { KeyList } from "../../lib/ui/shell/key_list.tsx";
import { MeBar } from "../../lib/ui/shell/me_bar.tsx";
import { MessageItem } from "../../lib/ui/room/message_item.tsx";
import { roomName, typingLine } from "../../lib/ui/shell/names.ts";
import { MessageLog } from "../../lib/ui/room/message_log.tsx";
import { PendingItem } from "../../lib/ui/room/pending_item.tsx";
import { ArchivedList, RoomList } from "../../lib/ui/shell/room_list.tsx";
import { AT, HOUR_MS, html, ilya, noor, tomas, users } from "./team.ts";

const body = (tree: Body) => html(<BodyView body={tree} me="u1" />);

Deno.test("texts of a message are never markup", () => {
  const text = `<img src=x onerror="alert(1)"> & "quotes"`;
  assert.equal(
    body([{ t: "p", c: [text] }]),
    `<p class="text" dir="auto">&lt;img src=x onerror=&quot;alert(1)&quot;> &amp; &quot;quotes&quot;</p>`,
  );
  assert.ok(!body([{ t: "pre", lang: `"><script>`, c: ["</pre><script>"] }]).includes("<script>"));
});

Deno.test("only web and mail addresses are linked", () => {
  const link = (href: string) => body([{ t: "p", c: [{ t: "a", href, c: ["here"] }] }]);
  assert.match(
    link("https://fieldkit.example/"),
    /<a href="https:\/\/fieldkit\.example\/" target="_blank" rel="noopener/,
  );
  assert.match(link("mailto:noor@northfell.example"), /<a href="mailto:/);
  for (const href of ["javascript:alert(1)", "data:text/html,x", " javascript:alert(1)", "vbscript:x", "/sign-out"]) {
    assert.equal(link(href), `<p class="text" dir="auto">here</p>`, href);
  }
});

Deno.test("a mention of me differs from a mention of somebody else", () => {
  const tree: Body = [{ t: "p", c: [{ t: "at", user: "u1", text: "@noor" }, { t: "at", user: "u2", text: "@ilya" }] }];
  assert.equal(
    body(tree),
    `<p class="text" dir="auto"><span class="at mine">@noor</span><span class="at">@ilya</span></p>`,
  );
});

Deno.test("each block runs the way that its own words do, a list and a quote with all that is in them", () => {
  const word = (text: string) => ({ t: "p" as const, c: [text] });
  assert.equal(
    body([word("שלום"), { t: "ul", c: [{ t: "item", c: [word("אחת")] }] }, { t: "quote", c: [word("ציטוט")] }]),
    `<div class="text"><p dir="auto">שלום</p><ul dir="auto"><li><p>אחת</p></li></ul>` +
      `<blockquote dir="auto"><p>ציטוט</p></blockquote></div>`,
  );
});

Deno.test("colours of code are the known ones only", () => {
  const tree: Body = [{
    t: "pre",
    lang: "ts",
    c: [{ t: "span", k: "k", c: ["const"] }, { t: "span", k: "x y", c: ["a"] }],
  }];
  assert.match(body(tree), /<code><span class="k">const<\/span>a<\/code>/);
});

Deno.test("a message says who and when, links to itself, and can be reached by the keyboard", () => {
  const message: Message = {
    room: "r1",
    seq: 7,
    n: 7,
    rev: 7,
    key: "k",
    by: "u3",
    at: AT,
    text: "look @noor",
    body: [{ t: "p", c: ["look ", { t: "at", user: "u1", text: "@noor" }] }],
    reactions: {},
    mentions: ["u1"],
  };
  const shown = html(<MessageItem message={message} author={tomas} me="u1" zone="UTC" isMore={false} isStop />);
  assert.match(shown, /^<div class="msg for-me" role="listitem" data-row="7" tabindex="0"/);
  assert.match(shown, /aria-label="Tomás Vega, 09:44, mentions you: look @noor"/);
  assert.match(
    shown,
    /<a class="when" href="\/rooms\/r1\/7"[^>]*><time datetime="2026-05-14T09:44:00.000Z">09:44<\/time>/,
  );
  assert.doesNotMatch(shown, /style=/);
  const more = html(<MessageItem message={message} author={tomas} me="u2" zone="UTC" isMore isStop={false} />);
  assert.match(more, /^<div class="msg more" role="listitem" data-row="7" tabindex="-1"/);
  assert.doesNotMatch(more, /class="av/);
});

Deno.test("a message on its way shows it; one that failed says why and offers Retry and Discard", () => {
  const view = (state: "pending" | "failed", isAway = false) =>
    html(
      <PendingItem
        pending={{ key: "k1", text: "a < b", at: AT, state, ...(state === "failed" && { reason: "Room is archived" }) }}
        me={noor}
        isMore
        isStop={false}
        isAway={isAway}
        onRetry={() => {}}
        onDiscard={() => {}}
      />,
    );
  assert.match(view("pending"), /class="msg more sending"[^>]*data-row="k1"/);
  assert.match(view("pending"), /aria-label="You, sending: .*Sending/);
  assert.match(view("pending", true), /aria-label="You, waiting for connection: .*Waiting for connection/);
  assert.doesNotMatch(view("pending", true), /Sending/);
  assert.doesNotMatch(view("pending"), /Retry/);
  assert.match(view("failed"), /role="status".*Room is archived.*Retry.*Discard/);
});

Deno.test("a message shows its reactions, that it was edited, and what is left of a deleted one", () => {
  const at: Message = {
    room: "r1",
    seq: 4,
    n: 4,
    rev: 9,
    key: "0123456789abcdef",
    by: "u2",
    at: AT,
    text: "hi",
    body: [{ t: "p", c: ["hi"] }],
    editedAt: AT + 60_000,
    reactions: { "👍": { count: 2, users: ["u1", "u3"] }, "🎉": { count: 1, users: ["u3"] } },
    mentions: [],
  };
  const shown = (it: Partial<Message>, onReact?: () => void) =>
    html(
      <MessageItem
        message={{ ...at, ...it }}
        author={ilya}
        me="u1"
        zone="UTC"
        isMore={false}
        isStop
        onReact={onReact}
      />,
    );
  assert.match(
    shown({}),
    /<p class="text" dir="auto">hi <small title="Edited 14 May 2026, 09:45">edited<\/small><\/p>/,
  );
  assert.match(shown({}), /aria-label="Ilya Brandt, 09:44, edited: hi"/);
  // Without script nothing is there to be pressed.
  assert.match(shown({}), /class="reacts"[^>]*><span>👍 <span class="num">2<\/span><\/span><span>🎉/);
  assert.doesNotMatch(shown({}), /<button/);
  const live = shown({}, () => {});
  assert.match(live, /<button[^>]* aria-pressed="true" aria-label="👍, 2, including you"/);
  assert.match(live, /<button[^>]* aria-pressed="false" aria-label="🎉, 1"/);
  const gone = shown({ deletedAt: AT, editedAt: undefined, text: "", body: [], reactions: {} });
  assert.match(gone, /aria-label="Ilya Brandt, 09:44: deleted".*This message was deleted\./);
  assert.doesNotMatch(gone, /reacts|edited/);
});

Deno.test("the room list shows what is unread, what mentions me, and what is muted", () => {
  const line = (name: string, more: Partial<RoomSummary>): RoomSummary => ({
    room: { id: name, name, topic: "", visibility: "public", createdAt: AT, createdBy: "u1" },
    joined: true,
    n: 9,
    unread: 0,
    mentions: 0,
    lastAt: AT,
    level: "everything",
    ...more,
  });
  const shown = html(
    <RoomList
      summaries={[
        line("general", {}),
        line("notes", { unread: 4 }),
        line("firmware", { unread: 9, mentions: 2 }),
        line("lunch", { unread: 3, level: "nothing" }),
        line("other", { joined: false }),
        line("gone", { level: "hidden" }),
      ]}
      current="general"
      me="u1"
      users={users}
      members={new Map()}
      presence={new Map()}
    />,
  );
  const link = (id: string) => new RegExp(`<a[^>]* href="/rooms/${id}".*?</a>`).exec(shown)?.[0] ?? "";
  assert.match(link("general"), /aria-current="page"/);
  assert.match(link("notes"), /class="new".*class="count num">4<span class="vh">unread/);
  assert.match(link("firmware"), /class="badge num".*@2.*2 mentions, 9 unread/);
  assert.match(link("lunch"), /class="quiet".*muted/);
  assert.doesNotMatch(link("lunch"), /unread/);
  assert.equal(link("other"), "");
  assert.equal(link("gone"), "");
});

Deno.test("archived rooms are folded away, and unfolded while one of them is on screen", () => {
  const line = (id: string, archivedAt?: number): RoomSummary => ({
    room: { id, name: id, topic: "", visibility: "public", createdAt: AT, createdBy: "u1", archivedAt },
    joined: true,
    n: 9,
    unread: 2,
    mentions: 0,
    lastAt: AT,
    level: "everything",
  });
  const props = { me: "u1", users, members: new Map(), presence: new Map(), summaries: [line("a"), line("old", AT)] };
  const rooms = html(<RoomList {...props} current="a" />);
  assert.ok(rooms.includes("/rooms/a") && !rooms.includes("/rooms/old"));
  const folded = html(<ArchivedList {...props} current="a" />);
  assert.match(folded, /^<details class="nav-fold"><summary>.*Archived.*1.*<a class="quiet" href="\/rooms\/old"/);
  assert.ok(!folded.includes("unread"));
  assert.match(html(<ArchivedList {...props} current="old" />), /^<details [^>]*open/);
  assert.equal(html(<ArchivedList {...props} summaries={[line("a")]} current="a" />), "");
});

Deno.test("a direct conversation is called by its people", () => {
  const room = { id: "d", name: "", topic: "", visibility: "direct" as const, createdAt: AT, createdBy: "u1" };
  assert.equal(roomName(room, ["u1", "u2"], users, "u1"), "Ilya Brandt");
  assert.equal(roomName(room, ["u1", "u2", "u3"], users, "u1"), "Ilya, Tomás");
  assert.equal(roomName(room, ["u1"], users, "u1"), "Noor Haddad (you)");
  assert.equal(roomName(room, ["u1", "u2", "u3", "u4", "u5"], users, "u1"), "Ilya, Tomás, … and 1 more");
});

Deno.test("I am shown as online or offline once that is known, not by a page that has no live session yet, or never", () => {
  const shown = (connection?: ConnectionState) =>
    /class="av h\d+ m ?(\w*)"/.exec(html(<MeBar me={noor} connection={connection} />))?.[1];
  assert.deepEqual([shown(), shown({ state: "connecting" })], ["", ""]);
  assert.equal(shown({ state: "live" }), "on");
  for (const state of ["reconnecting", "offline", "signed_out", "outdated"] as const) {
    assert.equal(shown({ state }), "off", state);
  }
});

Deno.test("names give initials, and an id always the same hue", () => {
  assert.deepEqual(["Noor Haddad", "maren", "Ana María de la Cruz", "", "𝒜 b"].map(initialsOf), [
    "NH",
    "M",
    "AC",
    "",
    "𝒜B",
  ]);
  assert.equal(html(<Avatar user={noor} />), html(<Avatar user={{ ...noor, name: "Noor Haddad" }} />));
  assert.match(
    html(<Avatar user={ilya} presence="online" size="s" />),
    /^<span class="av h\d{1,2} s on" aria-hidden="true">IB</,
  );
});

Deno.test("times are the reader's", () => {
  assert.equal(clockTime(AT, "UTC"), "09:44");
  assert.equal(clockTime(AT, "Europe/Berlin"), "11:44");
  assert.equal(clockTime(Date.UTC(2026, 4, 14), "UTC"), "00:00");
  assert.equal(dayLabel(AT, "UTC", AT + 30 * 24 * HOUR_MS), "Thursday 14 May");
  assert.equal(dayLabel(AT, "UTC", Date.UTC(2027, 1, 1)), "Thursday 14 May 2026");
});

Deno.test("typing is shown in one line, however many do", () => {
  assert.equal(typingLine([]), "");
  assert.equal(typingLine(["Ilya Brandt"]), "Ilya is typing");
  assert.equal(typingLine(["Ilya Brandt", "Priya Nair"]), "Ilya and Priya are typing");
  assert.equal(typingLine(["A", "B", "C"]), "Several people are typing");
});

Deno.test("an empty room is quiet; an empty direct message is not called by its people", () => {
  const whole = { rows: [], users, me: noor, zone: "UTC", now: AT, isStart: true, isEnd: true, path: "/rooms/r" };
  const log = (title: string, isNotes = false) => html(<MessageLog {...whole} title={title} isNotes={isNotes} />);
  assert.match(log("#gauges"), /<h2>#gauges is quiet<\/h2>/);
  assert.match(log("Ilya Brandt"), /<h2>No messages yet<\/h2><p>Only people in this conversation can see it/);
  assert.doesNotMatch(log("Ilya Brandt"), /quiet/);
  assert.match(log("Noor Haddad (you)", true), /<h2>No messages yet<\/h2><p>Only you can see it/);
});

Deno.test("keys are listed by their names, and as the reader's keyboard draws them where it does so otherwise", () => {
  assert.match(html(<KeyList />), /<dd><span><kbd>Ctrl<\/kbd><kbd>K<\/kbd><\/span><span><kbd>\/<\/kbd><\/span><\/dd>/);
  assert.match(html(<KeyList />), /<h3>In rooms and the feed<\/h3>/); // The other pages have no script.
  const onMac = html(<KeyList drawn={new Map([["Ctrl", "⌘"]])} />);
  assert.match(onMac, /<span><kbd>⌘<\/kbd><kbd>K<\/kbd><\/span>/);
  assert.match(onMac, /<kbd>Alt<\/kbd><kbd>↑<\/kbd>/);
  assert.doesNotMatch(onMac, /Ctrl/);
});
