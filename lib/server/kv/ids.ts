/** Ids that sort by when they were made, so that lists in key order are in the order of making. */

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"; // in code order
const TIME_LENGTH = 7; // 62^7 ms: until the year 2081
const RANDOM_LENGTH = 13; // 77 bits; ids are no secrets, but no two are the same

/** Makes ids of 20 letters and digits from the time and random bytes. */
export function createIds(now: () => number, random: (bytes: number) => Uint8Array): () => string {
  return () => {
    let time = "";
    for (let rest = now(), at = 0; at < TIME_LENGTH; at++, rest = Math.floor(rest / 62)) {
      time = LETTERS[rest % 62] + time;
    }
    let text = time;
    for (const byte of random(RANDOM_LENGTH)) text += LETTERS[byte % 62];
    return text;
  };
}
