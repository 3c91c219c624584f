/** The figures of the inspector: how far each stream has come, and what had to be mended. */
import { userStream } from "../../lib/protocol/streams.ts";
import { counted } from "../../lib/ui/format.ts";
import type { RoomView } from "../room_view.ts";
import { isFailure, transportNames, whatHappened } from "./words.ts";

export interface Fact {
  name: string;
  value: string;
}

/** As they are now; reads signals. */
export function facts(view: RoomView, timeOf: (at: number) => string): Fact[] {
  const { live, outbox } = view.chat;
  const { reconnects, gapsHealed } = live.status.value;
  const notes = live.history.notes.value;
  const begun = notes.filter((it) => it.kind === "live");
  const last = notes.findLast((it) => isFailure(it) || it.kind === "away");
  const waiting = outbox.items.value.length;
  return [
    ...streams(view),
    { name: "Gaps healed", value: `${gapsHealed}` },
    { name: "Reconnects", value: reconnects === 0 ? "0" : `${reconnects}, last at ${timeOf(begun.at(-1)?.at ?? 0)}` },
    { name: "Waiting to send", value: waiting === 0 ? "0" : counted(waiting, "message") },
    {
      name: "Last error",
      value: last ? `${transportNames[last.transport]}: ${whatHappened(last)}, ${timeOf(last.at)}` : "none",
    },
  ];
}

/** Offsets are opaque; what is told are the numbers that people see, and the events that came. */
function streams(view: RoomView): Fact[] {
  const { chat } = view;
  return [...chat.live.sync.value].map(([stream, { seq, isLive }]) => {
    const state = isLive && chat.live.status.value.state === "live" ? "" : ", catching up";
    if (stream === userStream(chat.me.id)) {
      return { name: "My own events", value: `${seq === undefined ? "none yet" : `in sync to #${seq}`}${state}` };
    }
    const room = stream.slice("room:".length);
    const timeline = chat.current.value;
    const { n = 0 } = chat.rooms.line(room) ?? {};
    const { messages = [], newer = true } = timeline?.room === room ? timeline.window.value : {};
    const shown = newer ? n : messages.findLast((it) => it.n !== undefined)?.n ?? 0;
    return { name: `${view.ref.value} in sync to`, value: `#${shown} of #${Math.max(n, shown)}${state}` };
  });
}
