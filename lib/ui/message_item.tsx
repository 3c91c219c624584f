/** One message. It renders anew only when something of it changed: a room shows up to 200. */
import { Component } from "preact";
import type { Message } from "../protocol/messages.ts";
import type { User } from "../protocol/users.ts";
import { Avatar } from "./avatar.tsx";
import { BodyView } from "./body_view.tsx";
import { clockTime, fullTime, isoTime } from "./format.ts";
import { Icon } from "./icon.tsx";
import { personName } from "./names.ts";

/** Of a message's text that a screen reader hears when its row is reached. */
const LABEL_MAX = 200;

export interface MessageActions {
  /** Copies the message's permalink; rejects where the clipboard is closed to us. */
  onCopyLink?(message: Message): Promise<void>;
  onMarkUnread?(message: Message): void;
}

export interface MessageItemProps extends MessageActions {
  message: Message;
  author: User | undefined;
  /** My id. */
  me: string;
  zone: string;
  /** Follows one of the same author within 5 minutes. */
  isMore: boolean;
  /** The one row of the list that Tab reaches. */
  isStop: boolean;
  /** Marks the message that a permalink names. */
  isOn?: boolean;
}

interface State {
  /** The pointer or the focus is on it: only then are its tools there, so that 200 rows stay light. */
  isNear: boolean;
  /** Its link was copied just now. */
  isCopied: boolean;
}

export class MessageItem extends Component<MessageItemProps, State> {
  override state: State = { isNear: false, isCopied: false };

  override shouldComponentUpdate(next: MessageItemProps, state: State): boolean {
    if (state.isNear !== this.state.isNear || state.isCopied !== this.state.isCopied) return true;
    const { message, author, me, zone, isMore, isStop, isOn } = this.props;
    return message !== next.message || author !== next.author || me !== next.me || zone !== next.zone ||
      isMore !== next.isMore || isStop !== next.isStop || isOn !== next.isOn;
  }

  pointed = (event: PointerEvent) => {
    // A finger would press what comes up under it: there the focus shows the tools, once it is lifted.
    if (event.pointerType !== "touch") this.near();
  };
  near = () => this.setState({ isNear: true });
  copied = () => this.setState({ isCopied: true });
  away = (event: Event) => {
    const row = event.currentTarget;
    if (row instanceof Element && event.type === "pointerleave" && row.contains(document.activeElement)) return;
    if (
      row instanceof Element && event instanceof FocusEvent && event.relatedTarget instanceof Node &&
      row.contains(event.relatedTarget)
    ) return;
    this.setState({ isNear: false, isCopied: false });
  };

  override render() {
    const { message, author, me, zone, isMore, isStop, isOn } = this.props;
    const isForMe = message.mentions.includes(me);
    const time = clockTime(message.at, zone);
    const name = personName(author);
    const classes = ["msg", isMore && "more", isForMe && "for-me", isOn && "is-on"].filter(Boolean).join(" ");
    const when = (
      <a
        class="when"
        href={`/rooms/${message.room}/${message.seq}`}
        tabIndex={isStop ? 0 : -1}
        title={fullTime(message.at, zone)}
      >
        <time dateTime={isoTime(message.at)}>{time}</time>
      </a>
    );
    return (
      <div
        class={classes}
        role="listitem"
        data-row={message.seq}
        tabIndex={isStop ? 0 : -1}
        aria-label={`${name}, ${time}${isForMe ? ", mentions you" : ""}: ${message.text.slice(0, LABEL_MAX)}`}
        onPointerEnter={this.pointed}
        onPointerLeave={this.away}
        onFocusIn={this.near}
        onFocusOut={this.away}
      >
        {isMore ? when : (
          <>
            <Avatar user={author} />
            <p class="who">
              <b>{name}</b>
              {author?.role === "bot" && <span class="tag">bot</span>}
              {when}
            </p>
          </>
        )}
        {message.deletedAt === undefined
          ? <BodyView body={message.body} me={me} />
          : <p class="text dim">This message was deleted.</p>}
        {this.state.isNear && <Tools {...this.props} isCopied={this.state.isCopied} onCopied={this.copied} />}
      </div>
    );
  }
}

interface ToolsProps extends MessageItemProps {
  isCopied: boolean;
  onCopied(): void;
}

function Tools({ message, onCopyLink, onMarkUnread, isCopied, onCopied }: ToolsProps) {
  if (!onCopyLink && !onMarkUnread) return null;
  return (
    <div class="tools" role="group" aria-label="Message actions">
      {onCopyLink && (
        <button
          class="ib"
          type="button"
          aria-label={isCopied ? "Link copied" : "Copy link"}
          title="Copy link"
          onClick={() => void onCopyLink(message).then(onCopied, () => {})}
        >
          <Icon name={isCopied ? "check" : "link"} />
        </button>
      )}
      {onMarkUnread && (
        <button
          class="ib"
          type="button"
          aria-label="Mark unread from here"
          title="Mark unread from here"
          onClick={() => onMarkUnread(message)}
        >
          <Icon name="unread" />
        </button>
      )}
    </div>
  );
}
