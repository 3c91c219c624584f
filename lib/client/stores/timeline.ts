/**
 * A room's messages as a window over its history, kept right by events. A message is changed only by an event above its
 * `rev` (lib/protocol/README.md §3), so pages and events may come in any order and more than once.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { RoomEvent } from "../../protocol/events.ts";
import type { Message } from "../../protocol/messages.ts";
import { firstUnread } from "../../model/unread.ts";
import type { Caller } from "../connection/calls.ts";

export const ROWS_MAX = 200;
const PAGE = 50;

/** What `messages.list` gives, also inside a page. `more` is for older ones, `moreAfter` for newer. */
export interface MessagesPage {
  messages: Message[];
  offset: string;
  more: boolean;
  moreAfter?: boolean;
}

export interface Window {
  messages: readonly Message[];
  older: boolean;
  newer: boolean;
}

export interface Timeline {
  room: string;
  window: ReadonlySignal<Window>;
  loading: ReadonlySignal<"older" | "newer" | "all" | undefined>;
  /** Messages up to this number were read when the room was opened: the "New" line stands behind it. */
  readUpTo: ReadonlySignal<number>;
  /** The seq of the first message behind `readUpTo`, when it is in the window. */
  firstUnread: ReadonlySignal<number | undefined>;
  /** The stream position that the window is right up to. */
  offset(): string;
  setReadUpTo(n: number): void;
  /** Whether the reader is at the end. If not, new messages don't push out those being read. */
  setAtEnd(atEnd: boolean): void;
  apply(events: RoomEvent[], offset: string): void;
  /** A send of mine was acknowledged. */
  acknowledge(message: Message): void;
  reset(page: MessagesPage): void;
  loadOlder(): Promise<void>;
  loadNewer(): Promise<void>;
  /** Loads a page with `seq` about in its middle. */
  loadAround(seq: number): Promise<void>;
  loadNewest(): Promise<void>;
}

export interface TimelineDeps {
  room: string;
  page: MessagesPage;
  readUpTo: number;
  call: Caller;
}

export function createTimeline({ room, page, readUpTo: read, call }: TimelineDeps): Timeline {
  const window = signal<Window>(toWindow(page));
  const loading = signal<"older" | "newer" | "all" | undefined>(undefined);
  const readUpTo = signal(read);
  /** Events that came while a page was loading may be newer than the page, so they are applied again after it. */
  let meanwhile: Message[] = [];
  let position = page.offset;
  let atEnd = true;
  let resets = 0;

  function take(message: Message) {
    if (message.room !== room || isReply(message)) return;
    if (loading.peek()) meanwhile.push(message);
    const { messages, older, newer } = window.peek();
    const known = messages.findIndex((it) => it.seq === message.seq);
    const old = messages[known];
    if (old) {
      if (old.rev < message.rev) window.value = { messages: messages.with(known, message), older, newer };
      return;
    }
    const [first] = messages;
    if (first && older && message.seq < first.seq) return;
    const last = messages.at(-1);
    if (newer && (!last || message.seq > last.seq)) return;
    window.value = trim(insert(messages, message), older, newer, atEnd ? "older" : "newer");
  }

  /** Loads a page and joins it on, unless the window was reset meanwhile, which would leave a gap. */
  async function load(
    what: "older" | "newer" | "all",
    ask: { before?: number; after?: number; around?: number },
    join: (page: MessagesPage) => void,
  ) {
    if (loading.peek()) return;
    loading.value = what;
    meanwhile = [];
    const was = resets;
    try {
      const page = await call("messages.list", { room, limit: PAGE, ...ask });
      if (resets === was) join(page);
    } finally {
      loading.value = undefined;
      const missed = meanwhile;
      meanwhile = [];
      missed.forEach(take);
    }
  }

  const all = (ask: { around?: number }) => load("all", ask, (got) => void (window.value = toWindow(got)));

  return {
    room,
    window,
    loading,
    readUpTo,
    firstUnread: computed(() => {
      const { messages, older } = window.value;
      return firstUnread(messages, { readUpTo: readUpTo.value, more: older })?.seq;
    }),
    offset: () => position,
    setReadUpTo: (n) => void (readUpTo.value = n),
    setAtEnd: (is) => void (atEnd = is),
    apply(events, offset) {
      for (const event of events) {
        if ("message" in event.data) {
          take({ ...event.data.message, rev: Math.max(event.data.message.rev, event.seq) });
        }
      }
      position = offset;
    },
    acknowledge: take,
    reset: (it) => {
      resets++;
      meanwhile = [];
      window.value = toWindow(it);
      position = it.offset;
    },
    async loadOlder() {
      const { messages: [first], older } = window.peek();
      if (!first || !older) return;
      await load("older", { before: first.seq }, (got) => {
        const { messages, newer } = window.peek();
        window.value = trim(
          [...got.messages.filter((it) => it.seq < first.seq), ...messages],
          got.more,
          newer,
          "newer",
        );
      });
    },
    async loadNewer() {
      const { messages: shown, newer } = window.peek();
      const last = shown.at(-1);
      if (!last || !newer) return;
      await load("newer", { after: last.seq }, (got) => {
        const { messages, older } = window.peek();
        window.value = trim([...messages, ...got.messages.filter((it) => it.seq > last.seq)], older, got.more, "older");
      });
    },
    loadAround: (seq) => all({ around: seq }),
    loadNewest: () => all({}),
  };
}

function toWindow({ messages, more, moreAfter }: MessagesPage): Window {
  return { messages: messages.filter((it) => !isReply(it)), older: more, newer: moreAfter ?? false };
}

/** Replies in a thread are no rows of the room, unless they were also sent to the room; then they have a number. */
function isReply(message: Message): boolean {
  return message.thread !== undefined && message.n === undefined;
}

function insert(messages: readonly Message[], message: Message): Message[] {
  const at = messages.findLastIndex((it) => it.seq < message.seq) + 1;
  return messages.toSpliced(at, 0, message);
}

/** Keeps at most 200 rows; those cut off at an end can be loaded again. */
function trim(messages: Message[], older: boolean, newer: boolean, cut: "older" | "newer"): Window {
  if (messages.length <= ROWS_MAX) return { messages, older, newer };
  return cut === "older"
    ? { messages: messages.slice(-ROWS_MAX), older: true, newer }
    : { messages: messages.slice(0, ROWS_MAX), older, newer: true };
}
