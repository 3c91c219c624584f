/** Texts made to be slow, as fast as one person may send them, edited, and read by a page that nobody has read yet. */
import { createApi } from "../support/api.ts";
import { hostileTexts } from "./hostile_texts.ts";
import type { Probe, Target } from "./probe.ts";
import { pause } from "./senders.ts";

const AT_ONCE = 48; // sends of one person: what they may have in a window, and the window behind it, come in few bursts
const texts = Object.values(hostileTexts);
const newKey = () => crypto.randomUUID();

export const hostile: Probe = {
  name: "texts",
  does: `texts of 16,000 characters, made to be slow: sent ${AT_ONCE} at once, edited, and listed`,
  async prepare({ url, attacker }: Target) {
    const api = createApi(url, attacker.cookie);
    const { room } = await api.call("rooms.create", { name: "Hostile", visibility: "public" });
    for (const text of texts) await api.call("messages.send", { room: room.id, text, key: newKey() }).catch(() => {});
    return [room.id];
  },
  async attack({ url, attacker, made: [room = ""] }, signal, say) {
    const api = createApi(url, attacker.cookie);
    const counts = { sent: 0, edited: 0, listed: 0, refused: 0 };
    let next = 0;
    const nextText = () => `${texts[next++ % texts.length]}`;

    const sending = async () => {
      while (!signal.aborted) {
        const sent = await Promise.all(
          Array.from(
            { length: AT_ONCE },
            () => api.call("messages.send", { room, text: nextText(), key: newKey() }).catch(() => undefined),
          ),
        );
        for (const one of sent) one ? counts.sent++ : counts.refused++;
        await pause(300);
        for (const one of sent) {
          if (!one || signal.aborted) continue;
          await api.call("messages.edit", { room, seq: one.message.seq, text: nextText() }).then(
            () => counts.edited++,
            () => counts.refused++,
          );
        }
      }
    };
    const listing = async () => {
      for (let before = Number.MAX_SAFE_INTEGER; !signal.aborted;) {
        const page = await api.call("messages.list", { room, before, limit: 100 }).catch(() => undefined);
        if (!page) await pause(100);
        else counts.listed += page.messages.length;
        before = page?.more ? page.messages[0]?.seq ?? before : Number.MAX_SAFE_INTEGER;
      }
    };
    const telling = setInterval(() => say(JSON.stringify(counts)), 5_000);
    await Promise.all([sending(), listing()]);
    clearInterval(telling);
  },
};
