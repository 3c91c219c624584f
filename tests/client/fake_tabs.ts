/** Tabs of one browser: a lock that one of them holds, and a channel that carries clones. A tab may freeze. */
import type { Tabs } from "../../lib/client/transports/shared.ts";
import { settled } from "./fake_clock.ts";

interface Waiting {
  tab: Receiver;
  hold(): Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

/** Hears things: at once, or when it thaws. */
type Receiver = (run: () => void) => void;

export interface FakeTab extends Tabs {
  /** Nothing runs in it; what comes is kept for it. */
  freeze(): void;
  /** Hears what was kept, one after the other. */
  thaw(): Promise<void>;
  show(is: boolean): void;
  /** Its page is left, and may be kept. */
  leave(): void;
}

export function createFakeTabs() {
  const listeners = new Set<{ tab: Receiver; heard(value: unknown): void }>();
  const queue: Waiting[] = [];
  let holder: Waiting | undefined;

  function grant(one: Waiting) {
    holder = one;
    const over = () => {
      if (holder !== one) return;
      holder = undefined;
      one.resolve();
      const next = queue.shift();
      if (next) grant(next);
    };
    void one.hold().then(over);
  }

  function open(): FakeTab {
    const shown = new Set<() => void>();
    const left = new Set<() => void>();
    const late: (() => void)[] = [];
    let isFrozen = false;
    let visible = true;
    const tab: Receiver = (run) => isFrozen ? void late.push(run) : run();
    return {
      freeze: () => void (isFrozen = true),
      async thaw() {
        isFrozen = false;
        for (const run of late.splice(0)) {
          run();
          await settled();
        }
      },
      show(is) {
        visible = is;
        if (is) shown.forEach((run) => run());
      },
      leave: () => left.forEach((run) => run()),
      isVisible: () => visible,
      onVisible(run) {
        shown.add(run);
        return () => shown.delete(run);
      },
      onLeave(run) {
        left.add(run);
        return () => left.delete(run);
      },
      lock(_name, { steal, signal }, hold) {
        return new Promise((resolve, reject) => {
          const one = { tab, hold, resolve, reject };
          if (steal) {
            const robbed = holder;
            grant(one);
            robbed?.tab(() => robbed.reject(new DOMException("stolen", "AbortError")));
          } else if (holder) {
            queue.push(one);
            signal?.addEventListener("abort", () => {
              const at = queue.indexOf(one);
              if (at >= 0) queue.splice(at, 1);
              reject(new DOMException("aborted", "AbortError"));
            });
          } else grant(one);
        });
      },
      open(_name, heard) {
        const mine = { tab, heard };
        listeners.add(mine);
        return {
          post(value) {
            if (isFrozen) return;
            const clone: unknown = structuredClone(value);
            const tell = (one: typeof mine) => one.tab(() => listeners.has(one) && one.heard(clone));
            for (const one of listeners) if (one !== mine) queueMicrotask(() => tell(one));
          },
          close: () => void listeners.delete(mine),
        };
      },
    };
  }
  /** Says anything to all tabs, as another script of the origin could. */
  const say = (value: unknown) => listeners.forEach((one) => one.heard(structuredClone(value)));
  return { open, say };
}
