const OVER = "dialog, [popover]";

/**
 * Keeps the focus on the page, until the returned function is called. When what has it is taken away (a button that did
 * its work, a row that another one replaces), the browser moves it to the body: Tab would begin at the top again, and
 * keys would go nowhere. It goes to what was next to it instead, or to `fallback` if nothing around it is left.
 */
export function keepFocus(page: Document, fallback: () => HTMLElement | null): () => void {
  let last: Element | undefined;
  /** Its ancestors, nearest first: once it is removed, they can't be asked for any more. */
  let around: Element[] = [];
  /** The same, and it itself, of what had the focus before a dialog. */
  let under: Element[] = [];

  const came = ({ target }: Pick<FocusEvent, "target">) => {
    if (!(target instanceof Element)) return;
    last = target;
    around = [];
    for (let it = target.parentElement; it; it = it.parentElement) around.push(it);
    if (!target.closest(OVER)) under = [target, ...around];
  };
  /** If the reader leaves it on purpose and focuses nothing else, its removal loses nothing. */
  const went = ({ relatedTarget }: FocusEvent) => {
    const was = last;
    if (relatedTarget !== null) return;
    queueMicrotask(() => {
      if (was === last && was?.isConnected && page.activeElement === page.body) last = undefined;
    });
  };

  function restore() {
    if (!last || last.isConnected || page.activeElement !== page.body) return;
    last = undefined;
    const over = around.find((it) => it.matches(OVER));
    if (!over || over.isConnected) return toNext(around, over);
    // A dialog gives the focus back by itself, unless what had it is gone by then.
    queueMicrotask(() => page.activeElement === page.body && toNext(under));
  }

  function toNext(around: readonly Element[], over?: Element) {
    const left = around.filter((it) => it.isConnected);
    const beside = over ?? left.find((it) => it.matches(".pane"));
    const next = beside?.querySelector<HTMLElement>("input, button") ??
      left.find((it): it is HTMLElement => it instanceof HTMLElement && it.dataset.row !== undefined) ??
      left.find((it) => it.matches(".log"))?.querySelector<HTMLElement>('[data-row][tabindex="0"]') ??
      fallback();
    next?.focus({ preventScroll: true });
  }

  if (page.activeElement !== page.body) came({ target: page.activeElement });
  const observer = new MutationObserver(restore);
  page.addEventListener("focusin", came);
  page.addEventListener("focusout", went, true); // captured: a row that hears of it may remove what had the focus
  observer.observe(page.body, { childList: true, subtree: true });
  return () => {
    observer.disconnect();
    page.removeEventListener("focusin", came);
    page.removeEventListener("focusout", went, true);
  };
}

/**
 * The field for messages; where it would bring up a keyboard over what is read, or there is none, the list's row, and
 * where nothing was said either, what was not sent or the room's first control.
 */
export function writeOrRead(): HTMLElement | null {
  const row = document.querySelector<HTMLElement>('.log [data-row][tabindex="0"]');
  const field = matchMedia("(hover: hover)").matches ? document.getElementById("compose") : null;
  const unsent = document.querySelector<HTMLElement>(".dock [readonly]");
  const controls = [...document.querySelectorAll<HTMLElement>(".main :is(a, button)")];
  return field ?? row ?? unsent ?? controls.find((it) => it.checkVisibility()) ?? null;
}
