/** The emoji that I use most, by person, on this device. */
const SHOWN = 8;
const KEPT_MAX = 32;
const COUNT_MAX = 1_000; // then all are halved, so that habits may change
const COMMON = ["👍", "❤️", "😂", "🎉", "👀", "✅", "🙏", "🚀"];

export interface UsedEmojis {
  /** Eight, the most used first; filled up with common ones. */
  most(): readonly string[];
  /** Never throws: a full or forbidden storage only forgets. */
  use(emoji: string): void;
}

export function createUsedEmojis(me: string): UsedEmojis {
  const key = `rivulet:emoji:${me}`;
  let counts = read(key);
  return {
    most: () => [...new Set([...counts.keys(), ...COMMON])].slice(0, SHOWN),
    use(emoji) {
      const next = [...counts.set(emoji, (counts.get(emoji) ?? 0) + 1)].sort(([, a], [, b]) => b - a);
      // A new emoji replaces the least used one.
      const kept = next.length > KEPT_MAX ? next.filter(([it], at) => at < KEPT_MAX - 1 || it === emoji) : next;
      const isFull = (kept[0]?.[1] ?? 0) > COUNT_MAX;
      counts = new Map(kept.slice(0, KEPT_MAX).map(([it, count]) => [it, isFull ? Math.ceil(count / 2) : count]));
      write(key, [...counts].map(([it, count]) => `${it} ${count}`).join("\n"));
    },
  };
}

function read(key: string): Map<string, number> {
  try {
    const lines = (localStorage.getItem(key) ?? "").split("\n").map((line) => line.split(" "));
    return new Map(lines.flatMap(([emoji = "", count]) => {
      const times = Number(count);
      return emoji !== "" && Number.isSafeInteger(times) && times > 0 ? [[emoji, times] as const] : [];
    }));
  } catch {
    return new Map();
  }
}

function write(key: string, text: string): void {
  try {
    localStorage.setItem(key, text);
  } catch {
    return; // Quota or privacy settings.
  }
}
