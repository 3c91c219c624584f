/** The first pane of the settings: their sections. */
import type { User } from "../../protocol/users.ts";
import { Icon, type IconName } from "./icon.tsx";
import { MeBar, type MeBarProps } from "./me_bar.tsx";
import { SIDEBAR_ID, SidebarCloser } from "./sidebar_buttons.tsx";

export const sections = {
  profile: { title: "Profile", icon: "user" },
  password: { title: "Password", icon: "key" },
  sessions: { title: "Devices", icon: "screen" },
  tokens: { title: "Access tokens", icon: "key" },
  feeds: { title: "Feed addresses", icon: "link" },
  appearance: { title: "Appearance", icon: "sun" },
  shortcuts: { title: "Shortcuts", icon: "keys" },
  people: { title: "Members and roles", icon: "users" },
  invites: { title: "Invites", icon: "link" },
} as const satisfies Record<string, { title: string; icon: IconName }>;

export type SettingsSection = keyof typeof sections;

export interface SettingsSideProps extends MeBarProps {
  /** The id of the section that one is in. */
  section?: string | undefined;
  /** A section was chosen. */
  onSection?: (() => void) | undefined;
}

export function SettingsSide({ section, onSection, ...bar }: SettingsSideProps) {
  const links = { section, onSection };
  return (
    <nav class="side" id={SIDEBAR_ID} popover="auto" aria-label="Settings">
      <div class="side-head row">
        <a class="ws" href="/">
          <Icon name="back" />
          <span class="cut">Settings</span>
        </a>
        <SidebarCloser name="menu" />
      </div>
      <div class="scroll">
        <SectionLinks
          id="you"
          title="You"
          names={["profile", "password", "sessions", "tokens", "feeds", "appearance", "shortcuts"]}
          {...links}
        />
        {isAdmin(bar.me) && <SectionLinks id="workspace" title="Workspace" names={["people", "invites"]} {...links} />}
      </div>
      <MeBar {...bar} />
    </nav>
  );
}

interface SectionLinksProps extends Pick<SettingsSideProps, "section" | "onSection"> {
  id: string;
  title: string;
  names: SettingsSection[];
}

function SectionLinks({ id, title, names, section, onSection }: SectionLinksProps) {
  return (
    <>
      <div class="nav-h">
        <h2 id={`h-${id}`}>{title}</h2>
      </div>
      <ul class="nav" aria-labelledby={`h-${id}`}>
        {names.map((name) => (
          <li key={name}>
            <a href={`#${name}`} aria-current={name === section ? "location" : undefined} onClick={onSection}>
              <Icon name={sections[name].icon} />
              <span class="cut">{sections[name].title}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

const isAdmin = ({ role }: User) => role === "owner" || role === "admin";
