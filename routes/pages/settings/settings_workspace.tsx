/** The sections of those who run the workspace. What they may not do has no control. */
import { INVITE_DAYS_MAX, INVITE_USES_MAX } from "../../../lib/protocol/invites.ts";
import type { Output } from "../../../lib/protocol/commands.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { Avatar } from "../../../lib/ui/shell/avatar.tsx";
import { counted, fullTime, isoTime } from "../../../lib/ui/shell/format.ts";
import { Icon } from "../../../lib/ui/shell/icon.tsx";
import { InParts } from "../../../lib/ui/shell/in_parts.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { Alert } from "../alert.tsx";
import { Ask } from "../ask.tsx";
import { FindForm, MoreLinks, type Wanted } from "../more.tsx";
import { Section } from "../section.tsx";

const INVITE_DAYS = 7;

interface PeopleProps {
  me: User;
  people: Output<"users.list">;
  wanted: Wanted;
  problem: Problem | undefined;
}

export function People({ me, people: { users, more }, wanted, problem }: PeopleProps) {
  const list = { path: "/settings", list: "people", wanted };
  return (
    <Section id="people" title="Members and roles">
      <p>Owners can do everything. Admins manage people, rooms and invites.</p>
      <Alert problem={problem} id="a-people" autofocus />
      <FindForm {...list} label="Find people" />
      {users.length === 0 && <p class="mid">No matches.</p>}
      <div class="tbl" tabIndex={0} role="region" aria-label="Members">
        <table>
          <thead>
            <tr>
              <th scope="col">Name</th>
              <th scope="col">Handle</th>
              <th scope="col">Role</th>
              <th scope="col">
                <span class="vh">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody>
            <InParts of={users}>{(user) => <PersonRow key={user.id} user={user} me={me} />}</InParts>
          </tbody>
        </table>
      </div>
      <MoreLinks {...list} last={more ? users.at(-1)?.id : undefined} what="people" />
    </Section>
  );
}

function PersonRow({ user, me }: { user: User; me: User }) {
  const mayChange = user.id !== me.id && user.role !== "bot" && (me.role === "owner" || user.role !== "owner");
  const isGone = user.deactivatedAt !== undefined;
  return (
    <tr>
      <td>
        <span class="row">
          <Avatar user={user} size="s" />
          <span class="cut">{user.name}</span>
          {isGone && <span class="tag">deactivated</span>}
        </span>
      </td>
      <td>@{user.handle}</td>
      <td>{mayChange && !isGone ? <RoleForm user={user} me={me} /> : user.role}</td>
      <td class="r">
        {mayChange && (isGone ? <Reactivate user={user} /> : <Deactivate user={user} />)}
      </td>
    </tr>
  );
}

function Reactivate({ user }: { user: User }) {
  return (
    <form method="post" action="/settings/reactivate">
      <input type="hidden" name="user" value={user.id} />
      <button class="btn bare" type="submit">
        Reactivate<span class="vh">{user.name}</span>
      </button>
    </form>
  );
}

function Deactivate({ user }: { user: User }) {
  return (
    <Ask
      id={`end-${user.id}`}
      action="/settings/deactivate"
      fields={{ user: user.id }}
      label={
        <>
          Deactivate<span class="vh">{user.name}</span>
        </>
      }
      title={`Deactivate ${user.name}?`}
      yes="Deactivate"
      isBad
    >
      <p class="mid">
        They're signed out everywhere and can't sign in. Their messages stay, and you can reactivate them.
      </p>
    </Ask>
  );
}

const roleWords = { owner: "Can do everything", admin: "Manages people, rooms and invites", member: "" } as const;

function RoleForm({ user, me }: { user: User; me: User }) {
  const roles = me.role === "owner" ? ["owner", "admin", "member"] as const : ["admin", "member"] as const;
  return (
    <Ask
      id={`role-${user.id}`}
      action="/settings/role"
      fields={{ user: user.id }}
      label={
        <>
          {user.role}
          <Icon name="chev" small />
          <span class="vh">Change role of {user.name}</span>
        </>
      }
      title={`Role of ${user.name}`}
      yes="Change role"
    >
      <fieldset class="choices">
        <legend class="vh">Role</legend>
        {roles.map((role) => (
          <label key={role} class="check">
            <input type="radio" name="role" value={role} checked={role === user.role} autofocus={role === user.role} />
            <span>
              {role}
              {roleWords[role] && <small>{roleWords[role]}</small>}
            </span>
          </label>
        ))}
      </fieldset>
    </Ask>
  );
}

interface InvitesProps {
  list: Output<"invites.list">;
  wanted: Wanted;
  zone: string;
  made: Output<"invites.create"> | undefined;
  problem: Problem | undefined;
}

export function Invites({ list: { invites, more }, wanted, zone, made, problem }: InvitesProps) {
  return (
    <Section id="invites" title="Invites">
      <p>Anyone with a link can join until its uses run out.</p>
      <Alert problem={problem} id="a-invites" autofocus />
      {made && (
        <Island name="copy" class="field made">
          <label for="made">New link. You won't see it again.</label>
          <div class="row">
            <input class="input grow" id="made" readOnly value={made.url} autofocus />
            <button class="btn go" type="button" hidden>Copy link</button>
          </div>
        </Island>
      )}
      <form class="two" method="post" action="/settings/invites">
        <div class="field">
          <label for="f-uses">Number of uses</label>
          <input class="input" id="f-uses" name="uses" type="number" min={1} max={INVITE_USES_MAX} value={1} required />
        </div>
        <div class="field">
          <label for="f-days">Days until it expires</label>
          <input
            class="input"
            id="f-days"
            name="days"
            type="number"
            min={1}
            max={INVITE_DAYS_MAX}
            value={INVITE_DAYS}
            required
          />
        </div>
        <div class="end">
          <button class="btn go" type="submit">Create link</button>
        </div>
      </form>
      <ul>
        <InParts of={invites}>
          {({ id, at, expiresAt, uses }) => (
            <li key={id} class="pref">
              <Icon name="link" />
              <span class="grow">
                {counted(uses, "use")} left
                <small>
                  Created <time dateTime={isoTime(at)}>{fullTime(at, zone)}</time>, expires{" "}
                  <time dateTime={isoTime(expiresAt)}>{fullTime(expiresAt, zone)}</time>
                </small>
              </span>
              <Ask
                id={`revoke-${id}`}
                action="/settings/revoke"
                fields={{ id }}
                label={
                  <>
                    Revoke<span class="vh">invite created {fullTime(at, zone)}</span>
                  </>
                }
                title="Revoke this invite?"
                yes="Revoke"
                isBad
              >
                <p class="mid">Its link stops working right away. People who joined with it stay.</p>
              </Ask>
            </li>
          )}
        </InParts>
      </ul>
      <MoreLinks
        path="/settings"
        list="invites"
        wanted={wanted}
        last={more ? invites.at(-1)?.id : undefined}
        what="invites"
      />
    </Section>
  );
}
