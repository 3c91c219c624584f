import type { icons } from "./sprite.tsx";

export type IconName = keyof typeof icons;

/** A drawing of the page's sprite. It says nothing to a screen reader: its control has the words. */
export function Icon({ name, small, class: tone }: { name: IconName; small?: boolean; class?: string }) {
  return (
    <svg class={`i${small ? " s" : ""}${tone ? ` ${tone}` : ""}`} aria-hidden="true">
      <use href={`#i-${name}`} />
    </svg>
  );
}

export function Mark() {
  return (
    <svg class="mark" aria-hidden="true">
      <use href="#i-mark" />
    </svg>
  );
}
