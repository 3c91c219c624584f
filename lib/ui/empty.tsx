/** What is shown where there is nothing: what is the matter, and the next step. */
import type { ComponentChildren } from "preact";

export type EmptyArt = "quiet" | "dry" | "closed" | "broken";

export interface EmptyProps {
  art: EmptyArt;
  /** A heading. */
  title: ComponentChildren;
  children: ComponentChildren;
}

export function Empty({ art, title, children }: EmptyProps) {
  return (
    <div class="empty">
      <svg class="art" viewBox="0 0 132 72" aria-hidden="true">
        <Drawing art={art} />
      </svg>
      {title}
      {children}
    </div>
  );
}

function Drawing({ art }: { art: EmptyArt }) {
  switch (art) {
    case "quiet":
      return (
        <>
          <path d="M2 40q16-14 32 0t32 0 32 0 32 0" />
          <path d="M2 54q16-14 32 0t32 0 32 0 32 0" opacity=".5" />
          <ellipse cx="66" cy="22" rx="15" ry="10" />
        </>
      );
    case "dry":
      return (
        <>
          <path d="M2 36q16-14 32 0t18 2" />
          <path d="M62 44q10 12 22 4" opacity=".5" stroke-dasharray="2 5" />
          <path d="M92 34q8-8 19 2t19 0" opacity=".35" stroke-dasharray="2 5" />
        </>
      );
    case "closed":
      return (
        <>
          <path d="M2 40q16-14 32 0t14 3M84 40q14 8 28 0t18-4" />
          <rect x="52" y="30" width="28" height="22" rx="5" />
          <path d="M58 30v-6a8 8 0 0116 0v6" />
        </>
      );
    case "broken":
      return (
        <>
          <path d="M2 36q16-14 32 0t16 4M130 36q-16-14-32 0t-16 4" />
          <path d="M62 26l8 10-8 4 8 10" />
        </>
      );
  }
}
