/** One line above the messages that informs the reader about the connection or the room. */
import type { ComponentChildren } from "preact";
import { Icon, type IconName } from "./icon.tsx";
import { Wave, type WaveMood } from "./wave.tsx";

export interface BannerProps {
  tone: "warn" | "bad" | "good";
  icon?: IconName;
  /** The wave, if there is no icon: still while we try, flat while there is no way. */
  wave?: WaveMood;
  /** What happened. */
  title: string;
  /** Reassurance: what is safe, or what happens next. */
  detail?: string;
  /** A button or link. */
  children?: ComponentChildren;
}

export function Banner({ tone, icon, wave = "flat", title, detail, children }: BannerProps) {
  return (
    <div class={tone === "warn" ? "banner" : `banner ${tone}`} role={tone === "bad" ? "alert" : "status"}>
      {icon ? <Icon name={icon} /> : <Wave mood={wave} />}
      <p class="grow">
        {title} {detail && <span>{detail}</span>}
      </p>
      {children}
    </div>
  );
}
