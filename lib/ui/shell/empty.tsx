/** An empty state: what is the matter, and the next step. */
import type { ComponentChildren } from "preact";

export interface EmptyProps {
  /** A drawing, 132 by 72 units. */
  art: ComponentChildren;
  /** A heading. */
  title: ComponentChildren;
  children: ComponentChildren;
}

export function Empty({ art, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <svg class="art" viewBox="0 0 132 72" aria-hidden="true">
        {art}
      </svg>
      {title}
      {children}
    </div>
  );
}

export const quiet = (
  <>
    <path d="M2 40q16-14 32 0t32 0 32 0 32 0" />
    <path d="M2 54q16-14 32 0t32 0 32 0 32 0" opacity=".5" />
    <ellipse cx="66" cy="22" rx="15" ry="10" />
  </>
);
