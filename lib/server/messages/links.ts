/**
 * Finds links in a text: an address of an allowed scheme, bare, in `<…>` or behind `[words]`. Everything else stays as
 * it was written (lib/protocol/README.md §3, `body`).
 */
import type { MarkdownIt, StateInline, Token } from "markdown-it";
import { draws } from "../../protocol/visible.ts";
import { endOfAddress } from "./address_end.ts";
import { matchesAt } from "./handles.ts";
import { shownHost } from "./hosts.ts";

const SCHEME_MAX = 10; // characters before "://" that are looked at
const ADDRESS_MAX = 2_048; // characters of a bare address; a longer one stays as written
const ADDRESS = /^(?:https?:\/\/[^/?#]|mailto:[^?])/i;
/** A user before the host, by which one host is made to look like another: `https://bank.example@evil.example`. */
const CREDENTIALS = /:\/\/[^\s/?#\\]*@/y;

/** Teaches a parser our links. */
export function useLinks(markdown: MarkdownIt): void {
  const encode = markdown.normalizeLink.bind(markdown);
  markdown.normalizeLink = (url) => encode(withHost(url));
  markdown.validateLink = isAddress;
  markdown.normalizeLinkText = (url) => shownAddress(markdown.normalizeLink(url));
  markdown.linkify.set({ fuzzyEmail: false }).add("ftp:", null).add("//", null).add("http:", web).add("https:", web);
  markdown.inline.ruler.at("linkify", bareAddress);
  markdown.inline.ruler.at("link", link);
}

/** What of a text is an address, behind its scheme; nothing where it has credentials. */
const web = {
  validate(text: string, pos: number, { re }: MarkdownIt["linkify"]): number {
    if (matchesAt(CREDENTIALS, text, pos - 1)) return 0;
    const address = re.get_http_validator();
    address.lastIndex = pos;
    return address.exec(text)?.[0].length ?? 0;
  },
};

/** Whether a link may lead there: http and https without credentials, and mailto, as `URL` reads them. */
export function isAddress(url: string): boolean {
  return ADDRESS.test(url) && !matchesAt(CREDENTIALS, url, url.indexOf(":")) && URL.canParse(url);
}

/** An address with its host as browsers read it (UTS #46); markdown-it's own way leaves case and form as they are. */
function withHost(url: string): string {
  const [, scheme = "", user = "", host = "", rest = ""] = /^(https?:\/\/)([^/?#]*@)?([^/?#]*)(.*)$/is.exec(url) ?? [];
  if (/^[\w.:[\]-]*$/.test(host)) return url;
  const read = URL.parse(scheme + host)?.host;
  return read === undefined ? url : `${scheme}${user}${read}${rest}`;
}

/** An encoded address in letters, as far as these are safe to show. */
export function shownAddress(href: string): string {
  const web = /^(https?:\/\/)([^/?#]*)(.*)$/is.exec(href);
  const [, before = "", host = "", rest = ""] = web ?? /^(mailto:[^?]*@)([^?]*)(.*)$/is.exec(href) ??
    ["", "", "", href];
  return `${before}${shownHost(host)}${decoded(rest)}`;
}

/** One character in UTF-8, escaped. */
const ESCAPED =
  /%[0-7][0-9a-f]|%[cd][0-9a-f]%[89ab][0-9a-f]|%e[0-9a-f](?:%[89ab][0-9a-f]){2}|%f[0-7](?:%[89ab][0-9a-f]){3}/gi;

/**
 * Characters that may stand unescaped: they are visible, take space of their own and look like no delimiter. So there
 * are no spaces, quotes, punctuation of other scripts, format characters, or accents that change the letter before
 * them.
 */
const SEEN = /^(?:[\w\-.~!\(\)*]|[[\p{L}\p{M}\p{N}\p{So}]--[\p{ASCII}\p{DI}\p{sc=Zinh}\u2800]])$/v;

function decoded(text: string): string {
  return text.replace(ESCAPED, (escaped) => {
    try {
      const letter = decodeURIComponent(escaped);
      return SEEN.test(letter) ? letter : escaped;
    } catch {
      return escaped; // not UTF-8
    }
  });
}

/** `https://…` as it stands in a text, without a marker that closes an open emphasis. */
function bareAddress(state: StateInline, silent: boolean): boolean {
  const { src, pos, md } = state;
  if (state.linkLevel > 0 || !src.startsWith("://", pos)) return false;
  const before = src.slice(Math.max(0, pos - Math.min(SCHEME_MAX, state.pending.length)), pos);
  const scheme = /[a-z][a-z0-9+.-]*$/i.exec(before)?.[0];
  if (scheme === undefined) return false;
  const start = pos - scheme.length;
  const end = Math.min(endOfAddress(state, pos), endOfHost(src, pos));
  const found = md.linkify.matchAtStart(src.slice(start, Math.min(end, start + ADDRESS_MAX + 1)));
  if (!found || found.url.length <= scheme.length) return false;
  if (found.url.length > ADDRESS_MAX) {
    if (!silent) state.pending += src.slice(pos, end);
    state.pos = end;
    return true;
  }
  const href = md.normalizeLink(found.url);
  if (!md.validateLink(href)) return false;
  if (!silent) {
    state.pending = state.pending.slice(0, -scheme.length);
    state.push("link_open", "a", 1).attrs = [["href", href]];
    state.push("text", "", 0).content = shownAddress(href);
    state.push("link_close", "a", -1);
  }
  state.pos = start + found.url.length;
  return true;
}

/** A host that ends in Latin letters, with a word of a script without spaces, or an emoji, right behind it. */
const HOST_BEFORE_WORD =
  /:\/\/(?:[^\s.\/?#]{1,63}\.){1,9}[a-z]{2,63}(?::\d{1,5})?(?=[\p{sc=Han}\p{sc=Hira}\p{sc=Kana}\p{sc=Hang}\p{sc=Thai}\p{So}])/iuy;

/** Where the address at "://" ends if its host must: no top-level domain mixes such scripts with Latin letters. */
function endOfHost(src: string, pos: number): number {
  HOST_BEFORE_WORD.lastIndex = pos;
  return HOST_BEFORE_WORD.test(src) ? HOST_BEFORE_WORD.lastIndex : Infinity;
}

/** `[words](address "title")`. If the words are invisible, or name another host, all of it stays as written. */
function link(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax, md } = state;
  if (src[pos] !== "[") return false;
  const labelEnd = md.helpers.parseLinkLabel(state, pos, true);
  if (labelEnd < 0 || src[labelEnd + 1] !== "(") return false;
  const target = destination(state, labelEnd + 2);
  const words = target && wordsOf(state, src.slice(pos + 1, labelEnd));
  if (!target || words === undefined || !isHonest(words, target.href)) return false;
  if (!silent) {
    state.pos = pos + 1;
    state.posMax = labelEnd;
    state.push("link_open", "a", 1).attrs = [["href", target.href]];
    state.linkLevel++;
    md.inline.tokenize(state);
    state.linkLevel--;
    state.push("link_close", "a", -1);
  }
  state.pos = target.end;
  state.posMax = posMax;
  return true;
}

/** The text in the parentheses that open before `start`, and where they end. */
function destination({ src, posMax, md }: StateInline, start: number): { href: string; end: number } | undefined {
  const skip = (from: number) => {
    let at = from;
    while (at < posMax && /[ \t\n]/.test(src[at] ?? "")) at++;
    return at;
  };
  const found = md.helpers.parseLinkDestination(src, skip(start), posMax);
  const href = found.ok ? md.normalizeLink(found.str) : "";
  if (!md.validateLink(href)) return undefined;
  let end = skip(found.pos);
  const title = md.helpers.parseLinkTitle(src, end, posMax);
  if (title.ok && end > found.pos) end = skip(title.pos);
  return src[end] === ")" && end < posMax ? { href, end: end + 1 } : undefined;
}

/** The words of a link as they are seen, without markers; undefined where they hold a link in `<…>` themselves. */
function wordsOf({ md, env }: StateInline, label: string): string | undefined {
  const tokens: Token[] = [];
  md.inline.parse(label, md, env, tokens);
  if (tokens.some(({ markup, type }) => type === "link_open" && markup === "autolink")) return undefined;
  return tokens.map(({ type, content }) => type.endsWith("break") ? " " : content).join("");
}

/** What may stand around an address without making it another: what is not seen, spaces, quotes, brackets and marks. */
const AROUND = /^[\s\p{DI}\p{Cf}\p{P}\p{S}]+|[\p{DI}\p{Cf}]+/gu;

/** Whether words may stand for an address: they are visible, and are not the address of another host. */
function isHonest(words: string, href: string): boolean {
  if (!draws(words.replace(/[*_~`]/g, ""))) return false;
  const bare = words.replace(AROUND, "");
  const web = /^(?:https?:\/\/|www\.)[^\s/?#]*[\p{L}\p{N}]/iu.exec(bare)?.[0];
  const mail = /^(?:mailto:)?([^\s@:/]+@[^\s@/?#]*[\p{L}\p{N}])/iu.exec(bare)?.[1];
  const host = web ? hostOf(/^http/i.test(web) ? web : `http://${web}`) : mail && hostOf(`mailto:${mail}`);
  return !host || host === hostOf(href);
}

/** The host of an address; of a mail address the part behind the "@". */
function hostOf(address: string): string | undefined {
  const [, mail] = /^mailto:[^?]*@([^?]*)/i.exec(address) ?? [];
  return URL.parse(mail === undefined ? address : `http://${mail}`)?.hostname.replace(/^www\./, "");
}
