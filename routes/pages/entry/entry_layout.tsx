/** The frame of the pages by which people come in: a form beside the two streams that meet. */
import type { ComponentChildren } from "preact";
import { HANDLE_MAX, NAME_MAX, PASSWORD_MAX, PASSWORD_MIN } from "../../../lib/protocol/fields.ts";
import { Mark } from "../../../lib/ui/shell/icon.tsx";

export interface EntryLayoutProps {
  title: string;
  detail: ComponentChildren;
  children: ComponentChildren;
}

export function EntryLayout({ title, detail, children }: EntryLayoutProps) {
  return (
    <div class="split">
      <main id="main">
        <div class="form">
          <p class="row">
            <Mark />
            <b>Rivulet</b>
          </p>
          <header>
            <h1 class="big">{title}</h1>
            <p class="mid">{detail}</p>
          </header>
          {children}
        </div>
      </main>
      <div class="art" aria-hidden="true">
        <i class="land" />
        <i class="water" />
      </div>
    </div>
  );
}

export interface TextFieldProps {
  name: string;
  label: string;
  value?: string | undefined;
  hint?: string;
  placeholder?: string;
  autocomplete?: string;
  maxLength?: number;
  isCode?: boolean;
  isOptional?: boolean;
  /** The id of the alert that is about this field. */
  error?: string | undefined;
  /** Else the field that an alert is about has the focus. */
  autofocus?: boolean;
}

export function TextField(props: TextFieldProps) {
  const { name, label, value, hint, isCode, isOptional, error } = props;
  const id = `f-${name}`;
  const described = [hint && `${id}-hint`, error].filter(Boolean).join(" ");
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        class={isCode ? "input code-in" : "input"}
        id={id}
        name={name}
        value={value}
        required={!isOptional}
        maxLength={props.maxLength ?? NAME_MAX}
        placeholder={props.placeholder}
        autocomplete={props.autocomplete ?? "off"}
        autocapitalize={name === "handle" ? "none" : undefined}
        spellcheck={name === "handle" || isCode ? false : undefined}
        autofocus={props.autofocus ?? error !== undefined}
        aria-describedby={described || undefined}
        aria-invalid={error ? "true" : undefined}
      />
      {hint && <small id={`${id}-hint`}>{hint}</small>}
    </div>
  );
}

export interface AccountFieldsProps {
  fields: { readonly [name: string]: string | undefined };
  /** The id of the alert that is about a field, if one is. */
  error(name: string): string | undefined;
  autofocus?: boolean | undefined;
}

/** What a new person is called, and how they sign in. */
export function AccountFields({ fields, error, autofocus }: AccountFieldsProps) {
  return (
    <>
      <TextField
        name="name"
        label="Your name"
        value={fields.name}
        autocomplete="name"
        error={error("name")}
        autofocus={autofocus}
      />
      <TextField
        name="handle"
        label="Handle"
        value={fields.handle}
        hint="Your @name for mentions and sign-in. Leave blank to use your first name."
        autocomplete="username"
        maxLength={HANDLE_MAX}
        isOptional
        error={error("handle")}
      />
      <PasswordField isNew error={error("password")} />
    </>
  );
}

export interface PasswordFieldProps {
  name?: string;
  label?: string;
  isNew?: boolean;
  error?: string | undefined;
  autofocus?: boolean;
}

/** Never filled in by the server. */
export function PasswordField(props: PasswordFieldProps) {
  const { name = "password", label = "Password", isNew, error, autofocus = error !== undefined } = props;
  const id = `f-${name}`;
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <input
        class="input"
        id={id}
        name={name}
        type="password"
        required
        minLength={isNew ? PASSWORD_MIN : undefined}
        maxLength={PASSWORD_MAX}
        autocomplete={isNew ? "new-password" : "current-password"}
        autofocus={autofocus}
        aria-describedby={[isNew && `${id}-hint`, error].filter(Boolean).join(" ") || undefined}
        aria-invalid={error ? "true" : undefined}
      />
      {isNew && <small id={`${id}-hint`}>At least {PASSWORD_MIN} characters. A few words will do.</small>}
    </div>
  );
}
