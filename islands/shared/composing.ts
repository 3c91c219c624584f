/** What browsers say for a key that an input method took, where `isComposing` is not set (Safari's last key). */
const IME_KEY_CODE = 229;

/** Whether a key belongs to an input method that composes: it ends, sends and opens nothing of ours. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === IME_KEY_CODE;
}
