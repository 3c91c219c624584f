/**
 * Keeps the focus on the page. Where what has it is taken away (a button that did its work, a row that another replaces)
 * the browser leaves it on the body: Tab would begin at the top again, and keys would go nowhere.
 */

/** `fallback` is what has the focus where nothing around it is left. Until the returned function is called. */
export function keepFocus(
  page: Document,
  fallback: () => HTMLElement | null,
): () => void {
  let last: Element | undefined;
  /** Everything around it, the nearest first: once it is gone, that can't be asked any more. */
  let around: Element[] = [];

  const came = ({ target }: FocusEvent) => {
    if (!(target instanceof Element)) return;
    last = target;
    around = [];
    for (let it = target.parentElement; it; it = it.parentElement) {
      around.push(it);
    }
  };
  /** The reader left it on purpose, for no other: what becomes of it then is no loss. */
  const went = ({ relatedTarget }: FocusEvent) => {
    const was = last;
    if (relatedTarget !== null) return;
    queueMicrotask(() => {
      if (
        was === last && was?.isConnected && page.activeElement === page.body
      ) last = undefined;
    });
  };

  function restore() {
    if (!last || last.isConnected || page.activeElement !== page.body) return;
    const lost = around;
    last = undefined;
    const over = lost.find((it) => it.matches("dialog, [popover]"));
    if (over && !over.isConnected) return; // It gives the focus back itself.
    const left = lost.filter((it) => it.isConnected);
    const next = over?.querySelector<HTMLElement>("input, button") ??
      left.find((it): it is HTMLElement => it instanceof HTMLElement && it.dataset.row !== undefined) ??
      left.find((it) => it.matches(".log"))?.querySelector<HTMLElement>(
        '[data-row][tabindex="0"]',
      ) ??
      fallback();
    next?.focus({ preventScroll: true });
  }

  const observer = new MutationObserver(restore);
  page.addEventListener("focusin", came);
  page.addEventListener("focusout", went, true); // before its row hears of it, and takes away what had the focus
  observer.observe(page.body, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    page.removeEventListener("focusin", came);
    page.removeEventListener("focusout", went, true);
  };
}

/** The field for messages; where it would bring up a keyboard over what is read, or there is none, the list's row. */
export function writeOrRead(): HTMLElement | null {
  const row = document.querySelector<HTMLElement>(
    '.log [data-row][tabindex="0"]',
  );
  return matchMedia("(hover: hover)").matches ? document.getElementById("compose") ?? row : row;
}
