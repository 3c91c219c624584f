/** The feed's page in the browser: the screen that the server rendered, with its handlers. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { firstSince, olderPath } from "../../lib/ui/feed/feed_data.ts";
import { FeedPill } from "../../lib/ui/feed/feed_pill.tsx";
import { FeedScreen } from "../../lib/ui/feed/feed_screen.tsx";
import { isPlain } from "../../lib/ui/shell/room_list.tsx";
import { keepCookie } from "../shared/cookies.ts";
import { FeedBanner } from "./feed_banner.tsx";
import { type FeedOverlay, FeedOverlays } from "./feed_overlays.tsx";
import { bindFeedKeys, entryInSight } from "./feed_keys.ts";
import { keepSingleKeys, readSingleKeys } from "../shared/single_keys_setting.ts";
import type { FeedView } from "./feed_view.ts";
import { bindRoomSteps } from "../shared/room_steps.ts";
import { nextRoom } from "../../lib/model/room_list.ts";
import { bindSwitcher } from "../shared/switcher_key.ts";
import { closeLeft } from "../shared/close_left.ts";
import { keepFocus } from "../shared/focus_keeper.ts";
import { bindSingleKeys } from "../shared/single_keys.ts";

const DAY_MS = 86_400_000;

export function FeedApp({ view }: { view: FeedView }) {
  const { data, shown, replay, feed, unseen, live, rooms, people, members, zone, now } = view;
  const scroller = useRef<HTMLDivElement>(null);
  const isBusy = useSignal(false);
  const hasSingleKeys = useSignal(true);
  const overlay = useSignal<FeedOverlay | undefined>(undefined);
  const run = replay.run.value;
  const items = run ? replay.shown.value : shown.items.value;

  useEffect(() => {
    hasSingleKeys.value = readSingleKeys();
    zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
    keepCookie("zone", zone.value);
    const unbindSwitcher = bindSwitcher(document, () => void (overlay.value = "palette"));
    const unbindSteps = bindRoomSteps(document, (step, unreadOnly) => {
      const next = nextRoom(rooms.summaries.peek(), undefined, step, unreadOnly);
      if (next !== undefined) location.assign(`/rooms/${encodeURIComponent(next)}`);
    });
    const unkeep = keepFocus(document, () => entryInSight(document) ?? document.getElementById("feed"));
    const unbindKeys = bindFeedKeys(document, {
      hasSingleKeys: () => hasSingleKeys.peek(),
      seen: (offset) => void view.markSeen(offset),
      all() {
        const newest = shown.items.peek()[0];
        if (newest && data.tab !== "room") void view.markSeen(newest.offset);
      },
      leave() {
        const was = replay.run.peek();
        replay.stop();
        return was !== undefined;
      },
    });
    const unbindSingle = bindSingleKeys(document, {
      help: () => void (overlay.value = "keys"),
      jump: () => void (overlay.value = "palette"),
    });
    const unbindLeft = closeLeft(document);
    return () => {
      unbindLeft();
      unbindSwitcher();
      unkeep();
      unbindSteps();
      unbindKeys();
      unbindSingle();
    };
  }, []);
  // On a phone the tabs go on behind the edge: the one on screen is to be seen.
  useEffect(() => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest" }), []);

  function top() {
    scroller.current?.scrollTo({ top: 0 });
    requestAnimationFrame(() => document.querySelector<HTMLElement>("#feed article")?.focus({ preventScroll: true }));
  }

  async function older(path: string) {
    if (isBusy.peek()) return;
    isBusy.value = true;
    const count = document.querySelectorAll("#feed article").length;
    const hadFocus = document.activeElement?.id === "feed-older";
    try {
      if (!await shown.older()) location.assign(path);
    } catch {
      location.assign(path); // The server's page explains what is wrong.
    } finally {
      isBusy.value = false;
    }
    // A reader with a keyboard goes on at the new entries.
    if (hadFocus) requestAnimationFrame(() => document.querySelectorAll<HTMLElement>("#feed article")[count]?.focus());
  }

  function play() {
    if (replay.isPlaying.peek()) return replay.pause();
    if (run && run.played < run.items.length) return replay.resume();
    void view.play(view.from.peek() ?? startOf(view));
  }

  const path = olderPath({ ...data, parts: feed.parts.value }, items);
  return (
    <FeedScreen
      state={{
        me: people.users.value.get(data.me.id) ?? data.me,
        workspace: data.workspace.name,
        tab: data.tab,
        room: data.room,
        summaries: rooms.summaries.value,
        moreRooms: rooms.more.value,
        users: people.users.value,
        members: members.members.value,
        presence: view.presence.value,
        connection: live.status.value,
        parts: feed.parts.value,
        items,
        unseen: unseen.count.value,
        now: now.value,
        minute: view.minute.value,
        watched: view.watched,
        zone: zone.value,
        older: path,
        isBusy: isBusy.value,
        scrub: {
          days: view.days.value,
          start: run && run.played > 0 ? run.items[run.items.length - run.played]?.at : view.from.value,
          isPlaying: replay.isPlaying.value,
          isReplay: run !== undefined,
          isThere: view.hasScrub.value,
        },
        hasSingleKeys: hasSingleKeys.value,
        isInspecting: overlay.value === "inspector",
      }}
      on={{
        scroller,
        seen(offset) {
          document.activeElement?.closest<HTMLElement>("article")?.focus();
          void view.markSeen(offset);
        },
        action(action, event) {
          if (action !== "palette") return; // The other tabs are pages.
          event.preventDefault();
          overlay.value = "palette";
        },
        inspect: () => void (overlay.value = overlay.peek() === "inspector" ? undefined : "inspector"),
        older(event) {
          if (!isPlain(event) || path === undefined) return;
          event.preventDefault();
          void older(path);
        },
        start(at) {
          view.from.value = at;
          if (replay.run.peek()) void view.play(at);
        },
        play,
        days: view.span,
        singleKeys(are) {
          hasSingleKeys.value = are;
          keepSingleKeys(are);
        },
      }}
      banner={<FeedBanner view={view} />}
      pill={
        <FeedPill
          count={run ? 0 : shown.held.value}
          said={view.said.value}
          onClick={() => {
            shown.reveal();
            top();
          }}
        />
      }
    >
      <FeedOverlays view={view} overlay={overlay} hasSingleKeys={hasSingleKeys} />
    </FeedScreen>
  );
}

/** The time where the reader left off, or else the first entry of the span: the scrubber's position. */
function startOf({ feed, data, days }: FeedView): number {
  const list = feed.parts.peek().find((part) => part.view === (data.tab === "everything" ? "everything" : "you"));
  const seen = list?.entries.find((it) => list.seen !== undefined && it.offset <= list.seen);
  const from = Date.now() - days.peek() * DAY_MS;
  return Math.max(from, seen?.at ?? firstSince(feed.parts.peek(), from));
}
