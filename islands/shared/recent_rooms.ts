/** The rooms that one was in on this device, the last first; the switcher begins with them. */
const RECENT_MAX = 6; // the one on screen among them

const nameOf = (me: string) => `rivulet:recent:${me}`;

export function readRecent(me: string): readonly string[] {
  try {
    return (localStorage.getItem(nameOf(me)) ?? "").split(" ").filter((it) => it !== "");
  } catch {
    return []; // Storage is forbidden.
  }
}

export function keepRecent(me: string, room: string): void {
  try {
    const others = readRecent(me).filter((it) => it !== room);
    localStorage.setItem(nameOf(me), [room, ...others].slice(0, RECENT_MAX).join(" "));
  } catch {
    return; // The list stays as it is.
  }
}
