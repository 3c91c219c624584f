/**
 * How the message list behaves, whatever it looks like: where it lands, that nothing moves under the reader, what is
 * loaded at its ends, what counts as read, and arrow keys among its rows. Rows are elements with `data-row`: the seq of
 * a message, or the key of one on its way.
 */
import { type ReadonlySignal, type Signal, useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "../../lib/client/stores/chat.ts";
import type { Timeline } from "../../lib/client/stores/timeline.ts";
import type { Row } from "../../lib/ui/room/rows.ts";
import { inSight } from "./in_sight.ts";
import { nextStop, rowAt } from "./row_keys.ts";
import { createScrollKeeper, type ScrollKeeper } from "./scroll_keeper.ts";

/** Older and newer messages are fetched when their end is this near. */
const LOAD_WITHIN_PX = 600;
/** How much of a page stays in sight on the next one. */
const PAGE_OVERLAP_PX = 60;

export interface MessageListState {
  scroller: RefObject<HTMLDivElement | null>;
  list: RefObject<HTMLDivElement | null>;
  /** Those of the rows that are to be drawn now. */
  drawn(rows: readonly Row[]): readonly Row[];
  /** How many came below what is seen; 0 while the end is in sight. */
  newBelow: ReadonlySignal<number>;
  /** Away from the end: there is something to jump to. */
  isAway: ReadonlySignal<boolean>;
  /** The row that Tab reaches. */
  active: Signal<string | undefined>;
  toEnd(): void;
  /** Scrolls by a page. */
  page(by: -1 | 1): void;
  onKeyDown(event: KeyboardEvent): void;
  onFocusIn(event: FocusEvent): void;
}

export interface MessageListDeps {
  chat: Chat;
  timeline: Timeline;
  /** A seq to show first, of a permalink. */
  landing: number | undefined;
  /** The reader went to the end from elsewhere, or wrote there. */
  onEnd(): void;
  /** The rows were there before the script: the reader may have scrolled them. */
  isHydrated: boolean;
}

/** The caller remounts for another room. */
export function useMessageList({ chat, timeline, landing, onEnd, isHydrated }: MessageListDeps): MessageListState {
  const scroller = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const keeper = useRef<ScrollKeeper | undefined>(undefined);
  const isWhole = useRef(!timeline.window.peek().newer);
  const isNear = useSignal(true);
  /** The first frame of a room has only what is in sight, half of the work of all; the rows above follow in the next. */
  const isWholeDrawn = useSignal(isHydrated || landing !== undefined);
  const active = useSignal<string | undefined>(undefined);
  const count = useComputed(() => chat.rooms.summaries.value.find((it) => it.room.id === timeline.room)?.n ?? 0);
  const seen = useSignal(count.peek());
  const isAway = useComputed(() => !isNear.value || timeline.window.value.newer);

  const rowOf = (id: number | string | undefined) =>
    id === undefined ? null : list.current?.querySelector<HTMLElement>(`[data-row="${id}"]`) ?? null;

  function attend() {
    const isLooking = isNear.peek() && document.visibilityState === "visible";
    timeline.setAtEnd(isNear.peek());
    chat.setAttentive(isLooking && !timeline.window.peek().newer);
  }

  function load() {
    const pane = scroller.current;
    const rows = list.current;
    if (!pane || !rows || !isWholeDrawn.peek()) return;
    const { top, bottom } = pane.getBoundingClientRect();
    const box = rows.getBoundingClientRect();
    const { older, newer } = timeline.window.peek();
    if (older && box.top > top - LOAD_WITHIN_PX) void timeline.loadOlder().catch(() => {});
    else if (newer && box.bottom < bottom + LOAD_WITHIN_PX) void timeline.loadNewer().catch(() => {});
  }

  useLayoutEffect(() => {
    if (!scroller.current || !list.current) return;
    const keep = createScrollKeeper(scroller.current, list.current, (near) => {
      isNear.value = near;
      attend();
      load();
    }, () => isWhole.current);
    keeper.current = keep;
    const row = rowOf(landing) ?? rowOf(timeline.firstUnread.peek());
    if (isHydrated && hasLanded(scroller.current)) isNear.value = keep.isNearEnd();
    else if (row) keep.toRow(row);
    else keep.toEnd();
    if (landing !== undefined && document.activeElement === document.body && matchMedia("(hover: hover)").matches) {
      rowOf(landing)?.focus({ preventScroll: true }); // By finger it would bring up what can be done with the message.
    }
    return keep.stop;
  }, []);

  useLayoutEffect(() => {
    let frame = requestAnimationFrame(() => frame = requestAnimationFrame(() => isWholeDrawn.value = true));
    return () => cancelAnimationFrame(frame);
  }, []);

  useEffect(() => {
    attend();
    load();
    document.addEventListener("visibilitychange", attend);
    return () => {
      document.removeEventListener("visibilitychange", attend);
      chat.setAttentive(false);
    };
  }, []);

  // Every render may have changed rows; their place is put right before the browser paints. Whether they end the room
  // is asked of what is rendered: the timeline knows before its rows are there.
  useLayoutEffect(() => {
    isWhole.current = !timeline.window.peek().newer;
    keeper.current?.restore();
  });
  useEffect(load); // What was loaded may not fill the pane.

  useSignalEffect(() => {
    if (!isAway.value) seen.value = Math.max(seen.peek(), count.value);
  });

  const wasAway = useRef(false);
  useSignalEffect(() => {
    if (wasAway.current && !isAway.value) onEnd();
    wasAway.current = isAway.value;
  });

  const lastSent = useRef(0);
  useSignalEffect(() => {
    const latest = chat.outgoing.value.at(-1)?.at ?? 0;
    const isNew = latest > lastSent.current && chat.outgoing.value.at(-1)?.state === "pending";
    lastSent.current = Math.max(lastSent.current, latest);
    if (!isNew) return;
    onEnd();
    queueMicrotask(() => keeper.current?.toEnd());
  });

  function nextRow(from: HTMLElement, key: string): HTMLElement | undefined {
    const rows = [...list.current?.querySelectorAll<HTMLElement>("[data-row]") ?? []];
    const at = rows.indexOf(from);
    return { ArrowUp: rows[at - 1], ArrowDown: rows[at + 1], Home: rows[0], End: rows.at(-1) }[key];
  }

  return {
    scroller,
    list,
    active,
    drawn(rows) {
      if (isWholeDrawn.value) return rows;
      const at = rows.findIndex(({ id }) => id === `${timeline.firstUnread.peek()}`);
      return inSight(rows, at < 0 ? rows.length : at, innerHeight);
    },
    isAway,
    newBelow: useComputed(() => isAway.value ? Math.max(0, count.value - seen.value) : 0),
    toEnd() {
      if (!timeline.window.peek().newer) return keeper.current?.toEnd();
      void timeline.loadNewest().then(() => queueMicrotask(() => keeper.current?.toEnd()), () => {});
    },
    page(by) {
      const pane = scroller.current;
      pane?.scrollBy({ top: by * Math.max(pane.clientHeight - PAGE_OVERLAP_PX, PAGE_OVERLAP_PX) });
    },
    onKeyDown(event) {
      const row = rowAt(event);
      if (!row || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const next = nextStop(row, event) ?? nextRow(row, event.key);
      if (!next) return;
      event.preventDefault();
      next.focus();
    },
    onFocusIn(event) {
      const row = event.target instanceof Element ? event.target.closest<HTMLElement>("[data-row]") : null;
      if (row) active.value = row.dataset.row;
    },
  };
}

/** Whether the browser (by `scroll-initial-target`) or the reader has scrolled a page that came from the server. */
function hasLanded(scroller: HTMLElement): boolean {
  return scroller.scrollTop !== 0 || CSS.supports("scroll-initial-target", "nearest");
}
