/**
 * Shows a host name: its `xn--` labels in their own letters, unless these could be taken for others (UTS #39 §5, and
 * what browsers do). A label that mixes scripts, or that looks like Latin letters, stays `xn--`.
 */
import { domainToUnicode } from "node:url";

/** A host as `URL` gives it, with the labels in letters where these are safe. */
export function shownHost(host: string): string {
  if (!/xn--/i.test(host)) return host;
  return host.split(".").map(shownLabel).join(".");
}

function shownLabel(label: string): string {
  if (!/^xn--/i.test(label)) return label;
  const letters = domainToUnicode(label); // "" for an invalid label
  return letters !== "" && isPlain(letters) ? letters : label;
}

/** Letters that readers of one language write together; digits and hyphens go with all of them. */
const writings: readonly RegExp[] = [
  /^[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}0-9\-]+$/v,
  /^[\p{scx=Han}\p{scx=Hang}0-9\-]+$/v,
  /^[\p{scx=Han}\p{scx=Bopo}0-9\-]+$/v,
  // The recommended scripts of UAX #31, table 5. Others are read by few, and some imitate Latin.
  /^[\p{scx=Arab}0-9\-]+$/v,
  /^[\p{sc=Armn}0-9\-]+$/v,
  /^[\p{scx=Beng}0-9\-]+$/v,
  /^[\p{sc=Cyrl}0-9\-]+$/v,
  /^[\p{scx=Deva}0-9\-]+$/v,
  /^[\p{sc=Ethi}0-9\-]+$/v,
  /^[\p{sc=Geor}0-9\-]+$/v,
  /^[\p{sc=Grek}0-9\-]+$/v,
  /^[\p{scx=Gujr}0-9\-]+$/v,
  /^[\p{scx=Guru}0-9\-]+$/v,
  /^[\p{sc=Hebr}0-9\-]+$/v,
  /^[\p{sc=Khmr}0-9\-]+$/v,
  /^[\p{scx=Knda}0-9\-]+$/v,
  /^[\p{sc=Laoo}0-9\-]+$/v,
  /^[\p{scx=Mlym}0-9\-]+$/v,
  /^[\p{scx=Mymr}0-9\-]+$/v,
  /^[\p{scx=Orya}0-9\-]+$/v,
  /^[\p{scx=Sinh}0-9\-]+$/v,
  /^[\p{scx=Taml}0-9\-]+$/v,
  /^[\p{scx=Telu}0-9\-]+$/v,
  /^[\p{sc=Thaa}0-9\-]+$/v,
  /^[\p{sc=Thai}0-9\-]+$/v,
  /^[\p{sc=Tibt}0-9\-]+$/v,
];

/** Latin letters, with marks or without; not `ı` and phonetic letters, which imitate others. */
const LATIN = /^[a-z0-9\-æœøłđðþßŋħŧə\u0300-\u036f]+$/;
const isLatin = (label: string) => !/\p{M}/u.test(label) && LATIN.test(label.normalize("NFD"));

/** Letters of other scripts that look like Latin ones, digits, hyphens or dots. */
const IMITATING = new RegExp(
  "^[" + [
    "аысԁеԍһіюјӏорԗԛѕԝхуъьҽпгѵѡ", // Cyrillic
    "αγηικνορτυχωϲϳ", // Greek
    "ագզլհյնոսցւքօ", // Armenian
    "וןסי", // Hebrew
    "იოყხჽჿ", // Georgian
    "اهل", // Arabic
    "一丨丶丿乙亅〇口ロノヘへニハエトー・", // Han and Kana
  ].join("") + "0-9-]+$",
  "u",
);

function isPlain(label: string): boolean {
  if (/\p{DI}/u.test(label) || !/\p{L}/u.test(label)) return false;
  if (isLatin(label)) return true;
  return !IMITATING.test(label) && writings.some((writing) => writing.test(label));
}
