import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { counted } from "../../../lib/ui/shell/format.ts";
import { Dialog } from "../dialog.tsx";
import { inPlace, useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";

const DAY_MS = 86_400_000;
const DAYS = 7;

/** Makes a link that lets people into the workspace. It is shown once. */
export function Invite({ chat, onClose }: DialogKindProps) {
  const typed = useSignal("1"); // Text, so that a field that is emptied before the next number is typed stays empty.
  const url = useSignal<string | undefined>(undefined);
  const said = useSignal("");
  const field = useRef<HTMLInputElement>(null);
  const { busy, error, run } = useCommand();
  const make = () =>
    run(async () => {
      const made = await chat.live.call("invites.create", { uses: Number(typed.value), expiresIn: DAYS * DAY_MS });
      url.value = made.url;
      said.value = "";
    });
  useEffect(() => field.current?.select(), [url.value]); // The button that had the focus is gone.
  const copy = async () => {
    field.current?.select(); // On plain http there is no clipboard: the reader copies what is selected.
    try {
      await navigator.clipboard.writeText(url.value ?? "");
      said.value = "Copied.";
    } catch {
      said.value = "It's selected. Copy it with your keyboard or a long press.";
    }
  };
  return (
    <Dialog id="invite" title="Invite people" onClose={onClose}>
      <form class="form" onSubmit={inPlace(make)}>
        {url.value === undefined
          ? (
            <>
              <label key="uses" class="field">
                <span>Number of uses</span>
                <input
                  class="input"
                  type="number"
                  autofocus
                  min={1}
                  max={1000}
                  required
                  value={typed.value}
                  onInput={(event) => typed.value = event.currentTarget.value}
                />
              </label>
              <button class="btn go wide" type="submit" aria-disabled={busy.value}>Create link</button>
            </>
          )
          : (
            <>
              <label key="link" class="field">
                <span>
                  Link for {counted(Number(typed.value), "person", "people")}. Expires in {DAYS}{" "}
                  days. You won't see it again.
                </span>
                <input class="input" ref={field} readOnly value={url.value} />
              </label>
              <button class="btn go wide" type="button" onClick={copy}>Copy link</button>
              <p role="status" class="mid">{said.value}</p>
            </>
          )}
        {error.value && <p class="bad" role="alert">{error.value}</p>}
      </form>
    </Dialog>
  );
}
