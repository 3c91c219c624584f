import type { ComponentChildren } from "preact";

export interface IslandProps {
  /** Which island: `islands/boot.ts` mounts it here. */
  name: string;
  class?: string;
  /** What it is told, as JSON; the room's island reads the page data instead. */
  data?: unknown;
  /** What the server renders in it. */
  children: ComponentChildren;
}

/** Marks a part of the page that comes to life in the browser. */
export function Island({ name, class: names, data, children }: IslandProps) {
  return (
    <div class={names} data-island={name} data-props={data === undefined ? undefined : JSON.stringify(data)}>
      {children}
    </div>
  );
}
