import type { Signal } from "@preact/signals";

export interface TextFieldProps {
  label: string;
  value: Signal<string>;
  maxLength: number;
  required?: boolean;
  autofocus?: boolean;
  placeholder?: string;
}

/** A line of text with its label, whose value is a signal. */
export function TextField({ label, value, ...rest }: TextFieldProps) {
  return (
    <label class="field">
      <span>{label}</span>
      <input
        class="input"
        autocomplete="off"
        value={value.value}
        onInput={(event) => value.value = event.currentTarget.value}
        {...rest}
      />
    </label>
  );
}
