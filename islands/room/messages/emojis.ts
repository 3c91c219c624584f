/** The emoji that are offered, by kind, each with the words it is found by; the first are its name. */
export interface Emoji {
  emoji: string;
  name: string;
  /** More words that it is found by. */
  words: string;
}

export interface EmojiGroup {
  name: string;
  emojis: readonly Emoji[];
}

/** "emoji name|more words", one a line. */
const table: readonly (readonly [group: string, lines: string])[] = [
  [
    "Answers",
    `👍 Thumbs up|yes agree ok good +1
👎 Thumbs down|no disagree bad -1
✅ Done|check yes tick
❌ Cross|no wrong cancel
👀 Eyes|looking seen watching
🙏 Thank you|please thanks hands pray
👏 Clapping|applause bravo
🙌 Raised hands|hooray celebrate
👌 OK hand|fine perfect
🤝 Handshake|deal agree
💪 Strong|muscle strength
👋 Wave|hello bye hand
✋ Raised hand|stop high five me
🫡 Salute|yes sir understood
🤞 Fingers crossed|luck hope
✌️ Victory|peace two
☝️ Pointing up|this one
👉 Pointing right|that there
🙋 Me|raising hand question
🤷 Shrug|do not know whatever
🤦 Facepalm|oh no`,
  ],
  [
    "Faces",
    `🙂 Slight smile|happy
😀 Grin|happy smile
😄 Laughing eyes|happy smile
😂 Tears of joy|laugh funny lol
🤣 Rolling|laugh funny rofl
😅 Relieved sweat|phew close
😊 Blush|happy smile
😉 Wink|joke
😍 Heart eyes|love
🥰 Loved|hearts love
😎 Cool|sunglasses
🤓 Nerd|glasses study
🤔 Thinking|hmm wonder
🧐 Inspecting|monocle look
😮 Surprised|wow oh
🤯 Mind blown|wow explode
😬 Grimace|awkward
🙄 Eye roll|annoyed
😐 Neutral|meh
😴 Asleep|tired sleep
🥱 Yawn|tired bored
😢 Crying|sad tear
😭 Sobbing|sad cry
😤 Huffing|angry triumph
😡 Angry|mad
😱 Scared|shock scream
🤒 Ill|sick fever
🤕 Hurt|bandage
🥳 Party face|celebrate birthday
🫠 Melting|heat embarrassed
🤗 Hug|welcome
🤖 Robot|bot machine
👻 Ghost|boo gone
💀 Skull|dead laugh`,
  ],
  [
    "Signs",
    `❤️ Heart|love red
🧡 Orange heart|love
💛 Yellow heart|love
💚 Green heart|love
💙 Blue heart|love
💜 Purple heart|love
💔 Broken heart|sad
💯 Hundred|full perfect agree 100
✨ Sparkles|new shiny clean
⭐ Star|favourite good
🔥 Fire|hot great
💡 Idea|light bulb
❓ Question|what ask
❗ Important|exclamation
⚠️ Warning|careful danger
🚫 Forbidden|no stop
⏳ Waiting|hourglass time
⏰ Alarm|time clock
🔁 Again|repeat retry
➕ Plus|more add
➖ Minus|less remove
🆗 OK|fine
🆕 New|fresh
🟢 Green|go on
🟡 Yellow|wait
🔴 Red|stop off`,
  ],
  [
    "Work",
    `🎉 Party|celebrate hooray release tada
🚀 Rocket|ship launch deploy fast
🐛 Bug|insect error
🔧 Wrench|fix repair
🛠️ Tools|build repair
⚙️ Gear|settings machine
🧪 Test tube|experiment try
🧹 Broom|clean tidy
📌 Pin|remember keep
📎 Paperclip|attach
📝 Note|write memo
📖 Book|read docs
📈 Chart up|growth better
📉 Chart down|fall worse
📅 Calendar|date day
🔍 Search|look find
🔒 Lock|closed secure
🔑 Key|access secret
💬 Speech|talk comment
📣 Megaphone|announce news
🏁 Finish|flag end done
🏆 Trophy|win prize
🎯 Target|goal exactly
🎁 Gift|present
💰 Money|cost pay
🗑️ Bin|delete rubbish`,
  ],
  [
    "World",
    `☀️ Sun|weather warm
🌧️ Rain|weather wet
⛈️ Storm|weather thunder
❄️ Snow|cold winter
🌈 Rainbow|colours pride
🌊 Water|wave sea river
🌱 Seedling|grow plant
🌳 Tree|nature
🌸 Blossom|flower spring
🐢 Turtle|slow
🐌 Snail|slow
🦆 Duck|bird rubber
🐟 Fish|river
🦄 Unicorn|rare magic
🐈 Cat|pet
🐕 Dog|pet
☕ Coffee|break drink
🍵 Tea|break drink
🍺 Beer|drink cheers
🥂 Cheers|drink toast
🍰 Cake|birthday sweet
🍕 Pizza|food lunch
🍎 Apple|food fruit
🚲 Bicycle|ride
🚗 Car|drive
🚆 Train|travel
✈️ Plane|travel away
🏠 Home|house remote
🏖️ Beach|holiday away
🎵 Music|song
⚽ Football|sport
🎮 Game|play`,
  ],
];

export const groups: readonly EmojiGroup[] = table.map(([name, lines]) => ({
  name,
  emojis: lines.split("\n").map((line) => {
    const [emoji = ""] = line.split(" ", 1);
    const [own = "", words = ""] = line.slice(emoji.length + 1).split("|");
    return { emoji, name: own, words };
  }),
}));

const byEmoji = new Map(groups.flatMap((it) => it.emojis).map((it) => [it.emoji, it]));

/** An emoji that is not offered is called as it looks: a screen reader has a name for it. */
export function emojiOf(emoji: string): Emoji {
  return byEmoji.get(emoji) ?? { emoji, name: emoji, words: "" };
}

/** Emoji with a word that begins like `wanted`: first those called exactly so, then by name, then by other words. */
export function findEmojis(wanted: string): readonly Emoji[] {
  const word = wanted.trim().toLowerCase();
  const begins = (text: string) => ` ${text.toLowerCase()}`.includes(` ${word}`);
  const rank = ({ name, words }: Emoji) =>
    name.toLowerCase() === word ? 0 : begins(name) ? 1 : begins(words) ? 2 : undefined;
  return [0, 1, 2].flatMap((wantedRank) => [...byEmoji.values()].filter((it) => rank(it) === wantedRank));
}
