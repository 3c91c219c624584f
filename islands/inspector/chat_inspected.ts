import { FEED, userStream } from "../../lib/protocol/streams.ts";
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { Chat } from "../../lib/client/stores/chat.ts";
import type { Fact, Inspected } from "./inspected.ts";
import { howLive, syncWords } from "./words.ts";

export interface InspectedChat<T extends string = string> {
  chat: Chat;
  /** "#gauges", or the people's names, of the room on screen. */
  ref: ReadonlySignal<string>;
  zone: ReadonlySignal<string>;
  overlay: Signal<T | undefined>;
}

/** A chat's connection: it prefers the WebSocket. */
export function inspectChat<T extends string>(view: InspectedChat<T>): Inspected {
  const { live, outbox } = view.chat;
  return {
    live,
    zone: view.zone,
    transports: ["ws", "poll"],
    streams: () => streams(view),
    waiting: () => outbox.items.value.length,
    closed() {
      if (view.overlay.peek() === "inspector") view.overlay.value = undefined;
    },
  };
}

/** Offsets are opaque, so it shows the numbers that people see, and the events that came. */
function streams(view: Pick<InspectedChat, "chat" | "ref">): Fact[] {
  const { chat } = view;
  return [...chat.live.sync.value].map(([stream, { seq, isLive }]) => {
    const state = howLive(chat.live.status.value, isLive);
    if (stream === FEED || stream === userStream(chat.me.id)) {
      return { name: stream === FEED ? "Workspace" : "You", value: syncWords(state, seq) };
    }
    const room = stream.slice("room:".length);
    const timeline = chat.current.value;
    const { n = 0 } = chat.rooms.summary(room) ?? {};
    const { messages = [], newer = true } = timeline?.room === room ? timeline.window.value : {};
    const shown = newer ? n : messages.findLast((it) => it.n !== undefined)?.n ?? 0;
    const value = `${shown} of ${Math.max(n, shown)}${state === undefined ? "" : `, ${state}`}`;
    return { name: `${view.ref.value} synced`, value, reported: "Room synced" };
  });
}
