/** The list of keys (islands/README.md, Keys), as the settings and the dialog show it. */
export interface Key {
  /** The ways to do it, each as the keys that are pressed together. */
  keys: readonly string[][];
  does: string;
}

export const keyLists: readonly { title: string; keys: readonly Key[] }[] = [
  {
    title: "In rooms and the feed",
    keys: [
      { keys: [["Ctrl", "K"], ["/"]], does: "Jump to a room or person" },
      { keys: [["Alt", "↑"], ["Alt", "↓"]], does: "Previous / next room" },
      { keys: [["Alt", "Shift", "↑"], ["Alt", "Shift", "↓"]], does: "Previous / next unread room" },
      { keys: [["Esc"]], does: "Close" },
      { keys: [["?"]], does: "Show shortcuts" },
    ],
  },
  {
    title: "In a room",
    keys: [
      { keys: [["Enter"]], does: "Send" },
      { keys: [["Shift", "Enter"]], does: "New line" },
      { keys: [["↑"]], does: "Edit last message" },
      { keys: [["PgUp"], ["PgDn"]], does: "Scroll messages" },
      { keys: [["↑"], ["↓"], ["Home"], ["End"]], does: "Move between messages" },
      { keys: [["←"], ["→"]], does: "Move between links and actions of a message" },
      { keys: [["r"], ["+"]], does: "Reply / react to a message" },
    ],
  },
  {
    title: "In the feed",
    keys: [
      { keys: [["j"], ["k"]], does: "Next / previous entry" },
      { keys: [["Enter"]], does: "Open" },
      { keys: [["e"]], does: "Mark seen to here" },
      { keys: [["Shift", "Esc"]], does: "Mark all as seen" },
    ],
  },
];
