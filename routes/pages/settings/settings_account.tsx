/** The sections of one's own account and browser. */
import type { SessionLine } from "../../../lib/protocol/auth.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import { HANDLE_MAX } from "../../../lib/protocol/fields.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { Avatar } from "../../../lib/ui/shell/avatar.tsx";
import { counted, fullTime, isoTime } from "../../../lib/ui/shell/format.ts";
import { Icon } from "../../../lib/ui/shell/icon.tsx";
import { KeyList } from "../../../lib/ui/shell/key_list.tsx";
import { describeUserAgent } from "../user_agent.ts";
import { Alert } from "../alert.tsx";
import { Ask } from "../ask.tsx";
import { PasswordField, TextField } from "../entry/entry_layout.tsx";
import { type Theme, themes } from "./preferences.ts";
import { Section } from "../section.tsx";

interface ProfileProps {
  me: User;
  problem: Problem | undefined;
  fields: Record<string, string> | undefined;
}

export function Profile({ me, problem, fields = {} }: ProfileProps) {
  const typed = problem ? fields : {};
  return (
    <Section id="profile" title="Profile">
      <p>What your team sees next to your messages.</p>
      <div class="row who-am-i">
        <Avatar user={me} size="xl" />
        <p>
          <b>{me.name}</b>
          <small class="row">
            @{me.handle} <span class="tag">{me.role}</span>
          </small>
        </p>
      </div>
      <Alert problem={problem} id="a-profile" typed={fields} autofocus />
      <form class="two" method="post" action="/settings/profile">
        <TextField name="name" label="Name" value={typed.name ?? me.name} autocomplete="name" />
        <TextField
          name="handle"
          label="Handle"
          value={typed.handle ?? me.handle}
          autocomplete="username"
          maxLength={HANDLE_MAX}
        />
        <div class="end">
          <button class="btn" type="submit">Save profile</button>
        </div>
      </form>
    </Section>
  );
}

export function Password({ me, problem }: { me: User; problem: Problem | undefined }) {
  return (
    <Section id="password" title="Password">
      <p>This signs you out everywhere else.</p>
      <Alert problem={problem} id="a-password" />
      <form class="two" method="post" action="/settings/password">
        {/* For password managers, which need to know whose password it is. */}
        <input type="text" name="username" autocomplete="username" value={me.handle} readOnly hidden />
        <PasswordField name="current" label="Current password" error={problem && "a-password"} />
        <PasswordField label="New password" isNew />
        <div class="end">
          <button class="btn" type="submit">Change password</button>
        </div>
      </form>
    </Section>
  );
}

interface SessionsProps {
  sessions: readonly SessionLine[];
  zone: string;
  problem: Problem | undefined;
}

export function Sessions({ sessions, zone, problem }: SessionsProps) {
  return (
    <Section id="sessions" title="Devices">
      <p>Signed in on {counted(sessions.length, "device")}. Sign out any you don't recognise.</p>
      <Alert problem={problem} id="a-sessions" autofocus />
      <ul>
        {sessions.map(({ id, seenAt, agent, current }) => {
          const { name, isPhone } = describeUserAgent(agent);
          return (
            <li key={id} class="pref">
              <Icon name={isPhone ? "phone" : "screen"} />
              <span class="grow">
                <b>{name}</b> {current && <span class="tag">This device</span>}
                <small>
                  Last active <time dateTime={isoTime(seenAt)}>{fullTime(seenAt, zone)}</time>
                </small>
              </span>
              {!current && (
                <form method="post" action="/settings/sessions">
                  <input type="hidden" name="session" value={id} />
                  <button class="btn bare bad" type="submit">
                    Sign out<span class="vh">, {name}</span>
                  </button>
                </form>
              )}
            </li>
          );
        })}
      </ul>
      {sessions.length > 1 && (
        <Ask
          id="end-others"
          action="/settings/sessions"
          fields={{ others: "all" }}
          label="Sign out all other devices"
          title="Sign out all other devices?"
          yes="Sign them out"
          isBad
        >
          <p class="mid">You'll stay signed in here and be signed out on {counted(sessions.length - 1, "device")}.</p>
        </Ask>
      )}
    </Section>
  );
}

const themeWords = {
  system: { title: "System", icon: "screen" },
  light: { title: "Light", icon: "sun" },
  dark: { title: "Dark", icon: "moon" },
} as const;

export function Appearance({ theme }: { theme: Theme }) {
  return (
    <Section id="appearance" title="Appearance">
      <form method="post" action="/settings/theme">
        <div class="pref">
          <span class="grow">
            Theme<small>In this browser</small>
          </span>
          <fieldset class="seg">
            <legend class="vh">Theme</legend>
            {themes.map((name) => (
              <label key={name}>
                <input type="radio" name="theme" value={name} checked={name === theme} />
                <Icon name={themeWords[name].icon} small />
                {themeWords[name].title}
              </label>
            ))}
          </fieldset>
          <noscript>
            <button class="btn" type="submit">Apply</button>
          </noscript>
        </div>
      </form>
    </Section>
  );
}

export function Shortcuts() {
  return (
    <Section id="shortcuts" title="Shortcuts">
      <KeyList />
    </Section>
  );
}
