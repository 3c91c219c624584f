/** The composer's behaviour on a bare form, with what it sends and asks for written down. */
import { render } from "preact";
import { createChat } from "../../lib/client/stores/chat.ts";
import { createDrafts } from "../../lib/client/stores/drafts.ts";
import { TEXT_MAX } from "../../lib/protocol/fields.ts";
import { useComposer } from "../../islands/room/use_composer.ts";
import { createFakeClock } from "../client/fake_clock.ts";
import { line, user } from "../client/samples.ts";
import { createScriptedTransport } from "../client/scripted_transport.ts";

export const edits: string[] = [];
const clock = createFakeClock();
const transport = createScriptedTransport();
let keys = 0;
export const chat = createChat({
  me: user("me"),
  transport,
  clock,
  random: () => 0.5,
  probe: () => Promise.resolve("ok"),
  post: () => Promise.reject(new Error("no session")),
  rooms: [line("r1"), line("r2")],
  users: [user("me")],
  unseen: 0,
  storage: { load: () => Promise.resolve([]), put: () => Promise.resolve(), remove: () => Promise.resolve() },
  newKey: () => `key-number-${String(++keys).padStart(5, "0")}`,
});

const kept = new Map<string, string>();
const drafts = createDrafts("me", {
  length: 0,
  key: () => null,
  clear: () => kept.clear(),
  getItem: (name) => kept.get(name) ?? null,
  setItem: (name, value) => void kept.set(name, value),
  removeItem: (name) => void kept.delete(name),
});

export const waiting = (): string[] => chat.outbox.items.value.map((it) => it.text);

export async function start(room: string): Promise<void> {
  await chat.open(room, { messages: [], offset: "e_0_t", more: false });
  render(<Composer key={room} room={room} />, document.body);
}

function Composer({ room }: { room: string }) {
  const composer = useComposer({ chat, drafts, room, onEditLast: () => void edits.push(room) });
  return (
    <form onSubmit={composer.onSubmit}>
      <textarea
        ref={composer.field}
        maxLength={TEXT_MAX}
        value={composer.text.value}
        onInput={composer.onInput}
        onKeyDown={composer.onKeyDown}
      />
      <p>{composer.problem.value}</p>
      <button type="submit">Send</button>
    </form>
  );
}
