/** The composer's behaviour on a bare form, with what it sends and asks for written down. */
import { render } from "preact";
import { createChat } from "../../lib/client/stores/chat.ts";
import { createDrafts, type StorageChange } from "../../lib/client/stores/drafts.ts";
import { LengthLeft } from "../../islands/room/length_left.tsx";
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
const storage = {
  getItem: (name: string) => kept.get(name) ?? null,
  setItem: (name: string, value: string) => void kept.set(name, value),
  removeItem: (name: string) => void kept.delete(name),
};
let changed = (_: StorageChange) => {};
const drafts = createDrafts({
  me: "me",
  storage,
  onChange(run) {
    changed = run;
    return () => {};
  },
});

/** Another tab writes a draft. */
export function writeElsewhere(room: string, text: string): void {
  createDrafts({ me: "me", storage }).set(room, text);
  changed({ key: `rivulet:draft:me:${room}` });
}

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
        value={composer.text.value}
        onInput={composer.onInput}
        onKeyDown={composer.onKeyDown}
      />
      <p role="alert">{composer.problem.value}</p>
      <LengthLeft text={composer.text} />
      <button type="submit">Send</button>
    </form>
  );
}
