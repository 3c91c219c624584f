/** The whole of the room's page, made from its state: the same on the server and in the browser. */
import type { ComponentChildren } from "preact";
import { mayManage } from "../../model/may_manage.ts";
import type { Message } from "../../protocol/messages.ts";
import { type FirstSteps, firstSteps, standingIn } from "../shell/names.ts";
import { Sidebar, type SidebarAction } from "../shell/sidebar.tsx";
import { ArchivedBar, Dock, JoinBar, Unsent } from "./dock.tsx";
import { MembersPane } from "./members_pane.tsx";
import { MessageLog, type MessageLogProps, MESSAGES_ID } from "./message_log.tsx";
import { RoomBar } from "./room_bar.tsx";
import type { RoomState } from "./room_state.ts";

/** The browser's handlers; without them links and forms do the same. */
export interface RoomHandlers {
  openRoom(room: string, event: MouseEvent): void;
  action(action: SidebarAction, event: MouseEvent): void;
  /** Shows the inspector, or hides it. */
  inspect(): void;
  toggleMenu(): void;
  togglePane(event: MouseEvent): void;
  /** Looks for people in the members pane. */
  findMember(word: string): void;
  /** Opens the conversation with a person. */
  message(user: string): void;
  begin(what: keyof FirstSteps): void;
  /** Asks for an emoji if none is given. */
  react(message: Message, emoji?: string): void;
  /** Quotes a message in the field for the next one. */
  reply(message: Message): void;
  retry(key: string): void;
  discard(key: string): void;
  join(event: SubmitEvent): void;
  unarchive(event: SubmitEvent): void;
}

/** A part of the screen. It reads only the fields of the state that it shows. */
export interface RoomPartProps {
  state: RoomState;
  on?: RoomHandlers | undefined;
}

export interface RoomScreenProps extends RoomPartProps {
  banner?: ComponentChildren;
  /** The browser's `MessageLog`, which scrolls and has keys. */
  log?: ComponentChildren;
  /** The way to the newest messages. */
  pill?: ComponentChildren;
  /** A `Composer`, for those who may write here. */
  writer: ComponentChildren;
  /** Overlays. */
  children?: ComponentChildren;
}

export function RoomScreen({ state, on, banner, log, pill, writer, children }: RoomScreenProps) {
  const part = { state, on };
  return (
    <>
      <Skip {...part} />
      <RoomSide {...part} />
      <main class="main" id="main">
        <RoomHeader {...part} />
        {banner}
        {log ?? <RoomMessages {...part} />}
        <RoomDock {...part} pill={pill} writer={writer} />
      </main>
      <RoomMembers {...part} />
      {children}
    </>
  );
}

/** The first stop of the page: to what one came for. */
function Skip({ state }: RoomPartProps) {
  return mayWrite(state)
    ? <a class="skip" href="#compose">Skip to the message field</a>
    : <a class="skip" href={`#${MESSAGES_ID}`}>Skip to the messages</a>;
}

function RoomSide({ state, on }: RoomPartProps) {
  return (
    <Sidebar
      workspace={state.workspace}
      me={state.me}
      summaries={state.rooms}
      moreRooms={state.moreRooms}
      current={state.summary?.room.id}
      users={state.users}
      members={state.members}
      presence={state.presence}
      connection={state.connection}
      unseen={state.unseen}
      isInspecting={state.isInspecting}
      onInspect={on?.inspect}
      onOpenRoom={on?.openRoom}
      onAction={on?.action}
    />
  );
}

function RoomHeader({ state, on }: RoomPartProps) {
  const { summary } = state;
  if (!summary) return null;
  return (
    <RoomBar
      room={summary.room}
      name={state.name}
      me={state.me.id}
      members={state.inside}
      count={state.insidePage && summary.members}
      users={state.users}
      unreadElsewhere={state.unreadElsewhere}
      isMenuOpen={state.isMenuOpen}
      onToggleMenu={on?.toggleMenu}
      isPaneOpen={state.isPaneOpen}
      onTogglePane={on?.togglePane}
    />
  );
}

/** The properties of the list of messages. */
export function messageLogOf({ state, on }: RoomPartProps): MessageLogProps {
  const { me, summary } = state;
  return {
    title: state.title,
    isAway: state.isAway,
    isNotes: summary?.room.visibility === "direct" && state.inside.length === 1,
    rows: state.rows,
    users: state.users,
    me,
    zone: state.zone,
    now: state.now,
    landing: state.landing,
    isStart: state.isStart,
    isEnd: state.isEnd,
    path: `/rooms/${summary?.room.id ?? ""}`,
    begin: summary && firstSteps(summary, me),
    actions: state.actions,
    onBegin: on?.begin,
    onRetry: on?.retry,
    onDiscard: on?.discard,
    onReact: summary && standingIn(summary) === "member" ? on?.react : undefined,
  };
}

function RoomMessages(part: RoomPartProps) {
  return <MessageLog {...messageLogOf(part)} />;
}

function RoomDock({ state, on, pill, writer }: RoomPartProps & Pick<RoomScreenProps, "pill" | "writer">) {
  return (
    <Dock typing={state.typing}>
      {pill}
      <Writing state={state} on={on} writer={writer} />
    </Dock>
  );
}

/** The composer, or the reason why there is none. */
function Writing({ state, on, writer }: RoomPartProps & Pick<RoomScreenProps, "writer">) {
  const { me, summary } = state;
  if (!summary) return null;
  const standing = standingIn(summary);
  if (mayWrite(state)) return <>{writer}</>;
  return (
    <>
      {!state.isLost && (standing === "archived"
        ? <ArchivedBar room={summary.room} mayManage={mayManage(summary, me)} onUnarchive={on?.unarchive} />
        : <JoinBar room={summary.room} onJoin={on?.join} />)}
      {state.unsent !== "" && <Unsent text={state.unsent} />}
    </>
  );
}

/** Whether the room has a composer for me. */
function mayWrite({ isLost, summary }: RoomState): boolean {
  return !isLost && summary !== undefined && standingIn(summary) === "member";
}

function RoomMembers({ state, on }: RoomPartProps) {
  if (!state.isPaneOpen || !state.summary) return null;
  const { room, members: count } = state.summary;
  return (
    <MembersPane
      room={room.id}
      title={state.title}
      members={state.inside}
      page={state.insidePage}
      count={state.insidePage && count}
      users={state.users}
      presence={state.presence}
      me={state.me.id}
      onClose={on?.togglePane}
      parts={state.memberParts}
      word={state.memberWord}
      onFind={on?.findMember}
      onMessage={on?.message}
    />
  );
}
