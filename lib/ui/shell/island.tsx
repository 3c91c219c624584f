import type { ComponentChildren } from "preact";

export interface IslandProps {
  /** The page's script finds it by this name. */
  name: "room" | "feed" | "shell" | "copy";
  class?: string;
  /** The content that the server renders. */
  children: ComponentChildren;
}

/** Marks a part of the page that an island hydrates. */
export function Island({ name, class: names, children }: IslandProps) {
  return (
    <div class={names} data-island={name}>
      {children}
    </div>
  );
}
