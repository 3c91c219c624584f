/** Whether keys are those of a Mac: Option in place of Alt, and ⌘ in place of Ctrl. */
export function isMac(): boolean {
  return /Mac|iP/.test(navigator.platform);
}
