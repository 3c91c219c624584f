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
      { keys: [["Ctrl", "K"], ["/"]], does: "Jump to a room or a person" },
      { keys: [["Alt", "↑"], ["Alt", "↓"]], does: "The room before, the next one" },
      { keys: [["Alt", "Shift", "↑"], ["Alt", "Shift", "↓"]], does: "The same, of those with something new" },
      { keys: [["Esc"]], does: "Close what is open" },
      { keys: [["?"]], does: "The list of keys" },
    ],
  },
  {
    title: "In a room",
    keys: [
      { keys: [["Enter"]], does: "Send" },
      { keys: [["Shift", "Enter"]], does: "New line" },
      { keys: [["↑"]], does: "In an empty message: edit your last one" },
      { keys: [["PgUp"], ["PgDn"]], does: "Scroll the messages" },
      { keys: [["↑"], ["↓"], ["Home"], ["End"]], does: "On a message: go to another" },
      { keys: [["←"], ["→"]], does: "On a message: its links and actions" },
      { keys: [["r"], ["+"]], does: "On a message: reply, react" },
    ],
  },
  {
    title: "In the feed",
    keys: [
      { keys: [["j"], ["k"]], does: "The next, the one before" },
      { keys: [["Enter"]], does: "Open what it is about" },
      { keys: [["e"]], does: "Seen up to here" },
      { keys: [["Shift", "Esc"]], does: "All of it seen" },
    ],
  },
];
