/** Tabs of one browser: a lock that one of them holds, and a channel that carries clones. A tab may freeze. */
import type { Tabs } from "../../lib/client/transports/shared.ts";

interface Waiting {
  hold(): Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

export interface FakeTab extends Tabs {
  /** Nothing runs in it, and nothing reaches it. */
  isFrozen: boolean;
  show(is: boolean): void;
}

export function createFakeTabs() {
  const listeners = new Set<{ tab: FakeTab; heard(value: unknown): void }>();
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
    let visible = true;
    const tab: FakeTab = {
      isFrozen: false,
      show(is) {
        visible = is;
        if (is) shown.forEach((run) => run());
      },
      isVisible: () => visible,
      onVisible(run) {
        shown.add(run);
        return () => shown.delete(run);
      },
      lock(_name, { steal, signal }, hold) {
        return new Promise((resolve, reject) => {
          const one = { hold, resolve, reject };
          if (steal) {
            const robbed = holder;
            grant(one);
            robbed?.reject(new DOMException("stolen", "AbortError"));
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
            if (tab.isFrozen) return;
            const clone: unknown = structuredClone(value);
            for (const one of listeners) if (one !== mine && !one.tab.isFrozen) queueMicrotask(() => one.heard(clone));
          },
          close: () => void listeners.delete(mine),
        };
      },
    };
    return tab;
  }
  /** Says anything to all tabs, as another script of the origin could. */
  const say = (value: unknown) => listeners.forEach((one) => one.heard(structuredClone(value)));
  return { open, say };
}
