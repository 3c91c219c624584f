/** What a screen reader says of the room on screen: new messages in batches, never what was loaded from the past. */
import { effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Message } from "../../protocol/messages.ts";
import type { Cancel, Clock } from "../connection/clock.ts";
import type { Timeline } from "./timeline.ts";

export const BATCH_MS = 1_000;
/** More than these at once are only counted. */
const READ_OUT_MAX = 3;
const TEXT_MAX = 200;

export interface Announcement {
  /** Never used twice, so that equal words are another element, which is read out again. */
  id: number;
  words: string;
}

export interface AnnouncementsDeps {
  /** My id. */
  me: string;
  current: ReadonlySignal<Timeline | undefined>;
  nameOf(user: string): string;
  clock: Clock;
}

/** The last batch. It is empty from when another room comes on screen until something is said there. */
export function createAnnouncements(deps: AnnouncementsDeps): ReadonlySignal<readonly Announcement[]> {
  const { me, current, nameOf, clock } = deps;
  const said = signal<readonly Announcement[]>([]);
  let room: string | undefined;
  let seq = 0;
  let last = 0;
  let waiting: string[] = [];
  let cancel: Cancel | undefined;

  function say() {
    cancel = undefined;
    const all = waiting.length > READ_OUT_MAX ? [`${waiting.length} new messages`] : waiting;
    waiting = [];
    said.value = all.map((words) => ({ id: ++last, words }));
  }

  function arrive(timeline: Timeline | undefined, newest: number) {
    room = timeline?.room;
    seq = newest;
    waiting = [];
    cancel?.();
    cancel = undefined;
    said.value = [];
  }

  const wordsOf = ({ by, text }: Message) => `${nameOf(by)}: ${text.slice(0, TEXT_MAX)}`;

  effect(() => {
    const timeline = current.value;
    const messages = timeline?.window.value.messages ?? [];
    const newest = messages.at(-1)?.seq ?? 0;
    if (timeline?.room !== room) arrive(timeline, newest);
    waiting.push(...messages.filter((it) => it.seq > seq && it.by !== me).map(wordsOf));
    seq = Math.max(seq, newest);
    if (waiting.length > 0) cancel ??= clock.after(BATCH_MS, say);
  });
  return said;
}
