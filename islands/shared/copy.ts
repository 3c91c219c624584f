/** A read-only field to copy from, and its button, which appears only if there is a clipboard. */
const SHOWN_MS = 2_000;

/** Expects an `input` and a hidden `button` in `root`. */
export function mount(root: HTMLElement): void {
  const field = root.querySelector("input");
  const button = root.querySelector("button");
  if (!field || !button) return;
  field.addEventListener("focus", () => field.select());
  if (!isSecureContext) return;
  const words = button.textContent;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    await navigator.clipboard.writeText(field.value);
    button.textContent = "Copied";
    setTimeout(() => button.textContent = words, SHOWN_MS);
  });
}
