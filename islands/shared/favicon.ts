/** A dot on the tab's icon while something unread is for me. */
import { effect, type ReadonlySignal } from "@preact/signals";

/** In the icon's own units (static/mark.svg): at the corner, on a rim that parts it from the mark. */
const DOT = '<circle cx="18" cy="6" r="6" fill="#fff"/><circle cx="18" cy="6" r="4.6" fill="#c4322b"/></svg>';

/** Updates the icon. If the browser can't show it, or the network fails, the plain one stays. */
export function keepFavicon(forMe: ReadonlySignal<number>): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (!link || new URL(link.href).origin !== location.origin) return;
  const plain = link.href;
  let dotted: Promise<string> | undefined;
  effect(() => {
    if (forMe.value === 0) return void (link.href = plain);
    dotted ??= fetch(plain).then(async (answer) => toAddress((await answer.text()).replace("</svg>", DOT)));
    dotted.then(
      (address) => void (link.href = forMe.peek() > 0 ? address : plain),
      () => dotted = undefined,
    );
  });
}

function toAddress(svg: string): string {
  return `data:image/svg+xml,${encodeURIComponent(svg)}`;
}
