import type { ComponentChildren } from "preact";

export interface IslandProps {
  /** Which island: `islands/boot.ts` mounts it here. */
  name: string;
  class?: string;
  /** The island's props, as JSON; the room's island reads the page data instead. */
  data?: unknown;
  /** The content that the server renders. */
  children: ComponentChildren;
}

/** Marks a part of the page that an island hydrates. */
export function Island({ name, class: names, data, children }: IslandProps) {
  return (
    <div class={names} data-island={name} data-props={data === undefined ? undefined : JSON.stringify(data)}>
      {children}
    </div>
  );
}
