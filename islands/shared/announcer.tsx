/** Reads new messages out to a screen reader, in batches; what was loaded from the past is never read out. */
import { useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../../lib/client/stores/chat.ts";

const BATCH_MS = 1_000;
/** More than these at once are only counted. */
const READ_OUT_MAX = 3;
const TEXT_MAX = 200;

export function Announcer({ chat }: { chat: Chat }) {
  const said = useSignal<string[]>([]);
  const announced = useRef({ room: "", seq: 0 });
  const waiting = useRef<string[]>([]);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);

  useSignalEffect(() => {
    const timeline = chat.current.value;
    if (!timeline) return;
    const { messages } = timeline.window.value;
    const last = messages.at(-1)?.seq ?? 0;
    if (announced.current.room !== timeline.room) announced.current = { room: timeline.room, seq: last };
    const fresh = messages.filter((it) => it.seq > announced.current.seq && it.by !== chat.me.id);
    announced.current.seq = Math.max(announced.current.seq, last);
    if (fresh.length === 0) return;
    const users = chat.people.users.peek();
    waiting.current.push(
      ...fresh.map((it) => `${users.get(it.by)?.name ?? "Somebody"}: ${it.text.slice(0, TEXT_MAX)}`),
    );
    timer.current ??= setTimeout(() => {
      timer.current = undefined;
      const all = waiting.current.splice(0);
      said.value = all.length > READ_OUT_MAX ? [`${all.length} new messages`] : all;
    }, BATCH_MS);
  });
  useEffect(() => () => clearTimeout(timer.current), []);

  return (
    <div class="vh" role="log" aria-live="polite" aria-label="New messages">
      {said.value.map((line, i) => <p key={i}>{line}</p>)}
    </div>
  );
}
