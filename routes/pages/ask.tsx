/** A button that asks before its form is sent. The question is a popover, so it needs no script. */
import type { ComponentChildren } from "preact";

export interface AskProps {
  /** The question's id, unique in the page. */
  id: string;
  /** Where the form goes, and what it carries. */
  action: string;
  fields: Record<string, string>;
  /** On the button that opens the question. */
  label: ComponentChildren;
  /** What is asked: "Deactivate Tomás Vega?" */
  title: string;
  /** What is done, as the button says it. */
  yes: string;
  /** It takes something away. */
  isBad?: boolean;
  /** What follows from it, and fields to choose from. */
  children: ComponentChildren;
}

export function Ask({ id, action, fields, label, title, yes, isBad = false, children }: AskProps) {
  return (
    <>
      <button class={isBad ? "btn bare bad" : "btn bare"} type="button" popovertarget={id} aria-haspopup="dialog">
        {label}
      </button>
      <div class="pop asks" id={id} popover="auto" role="dialog" aria-labelledby={`${id}-t`}>
        <form method="post" action={action}>
          {Object.entries(fields).map(([name, value]) => <input key={name} type="hidden" name={name} value={value} />)}
          <h3 id={`${id}-t`}>{title}</h3>
          {children}
          <div class="row answers">
            <button class="btn" type="button" autofocus popovertarget={id} popovertargetaction="hide">Cancel</button>
            <button class={isBad ? "btn go bad" : "btn go"} type="submit">{yes}</button>
          </div>
        </form>
      </div>
    </>
  );
}
