/** Drawings of empty states; in a file of their own, since the room page needs none of them. */
export const dry = (
  <>
    <path d="M2 36q16-14 32 0t18 2" />
    <path d="M62 44q10 12 22 4" opacity=".5" stroke-dasharray="2 5" />
    <path d="M92 34q8-8 19 2t19 0" opacity=".35" stroke-dasharray="2 5" />
  </>
);

export const closed = (
  <>
    <path d="M2 40q16-14 32 0t14 3M84 40q14 8 28 0t18-4" />
    <rect x="52" y="30" width="28" height="22" rx="5" />
    <path d="M58 30v-6a8 8 0 0116 0v6" />
  </>
);

export const broken = (
  <>
    <path d="M2 36q16-14 32 0t16 4M130 36q-16-14-32 0t-16 4" />
    <path d="M62 26l8 10-8 4 8 10" />
  </>
);
