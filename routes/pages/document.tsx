/** The HTML around every page. It carries a script only where the page has an island. */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ComponentChildren, VNode } from "preact";
import { renderToString, renderToStringAsync } from "preact-render-to-string";
import { ASSETS_PATH, type Manifest, readManifest } from "../../lib/build/manifest.ts";
import type { Env } from "../../lib/server/http/env.ts";
import { give } from "../../lib/server/http/give.ts";
import { jsonOf } from "../../lib/server/limits/json.ts";
import { slices } from "../../lib/server/limits/slices.ts";
import type { FeedData } from "../../lib/ui/feed/feed_data.ts";
import { Turns } from "../../lib/ui/shell/in_parts.tsx";
import { PAGE_DATA_ID, type PageData } from "../../lib/ui/room/page_data.ts";
import { DEFERRED_FILES_ID } from "../../lib/ui/shell/deferred_files.ts";
import type { ShellData } from "../../lib/ui/shell/shell_data.ts";
import { drawSymbols } from "../../lib/ui/shell/sprite.tsx";
import { readTheme, type Theme } from "./settings/preferences.ts";

export interface PageOptions {
  /** Without the product's name. */
  title: string;
  status?: ContentfulStatusCode;
  /** The source of the page's script, e.g. "islands/room/room.tsx". */
  island?: string;
  data?: PageData | FeedData | ShellData;
}

/** A link that lets a page be painted once it is whole. HTML standard, 4.6.7.6; Preact's types don't have it yet. */
export const PAINT_WHOLE = { rel: "expect", href: `#${PAGE_DATA_ID}`, blocking: "render" };

let made: Promise<Manifest | undefined> | undefined;
let symbols: { __html: string } | undefined;

/** Answers with a page. Its status is 200 by default. */
export async function respondPage(c: Context<Env>, body: VNode, options: PageOptions): Promise<Response> {
  symbols ??= { __html: renderToString(drawSymbols()) };
  made ??= readManifest();
  const manifest = await made;
  const json = options.data && await toScriptText(options.data);
  const page = (
    <Turns.Provider value={slices.next}>
      <Document nonce={c.get("nonce")} theme={readTheme(c)} manifest={manifest} options={options} json={json}>
        {body}
      </Document>
    </Turns.Provider>
  );
  return give(c, `<!doctype html>${await renderToStringAsync(page)}`, {
    status: options.status ?? 200,
    headers: {
      "content-type": "text/html; charset=utf-8",
      ...(manifest && { link: `<${ASSETS_PATH}${manifest.style}>; rel=preload; as=style` }),
    },
    isPage: true,
  });
}

interface DocumentProps {
  nonce: string;
  theme: Theme;
  manifest: Manifest | undefined;
  options: PageOptions;
  /** The page's data as JSON. */
  json: string | undefined;
  children: ComponentChildren;
}

function Document({ nonce, theme, manifest, options, json, children }: DocumentProps) {
  const { title, island } = options;
  const page = island === undefined ? undefined : manifest?.pages[island];
  const [script, ...chunks] = page?.scripts ?? [];
  return (
    <html lang="en" data-theme={theme === "system" ? undefined : theme}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
        <meta name="color-scheme" content={theme === "system" ? "light dark" : theme} />
        <title>{title}</title>
        <link rel="icon" type="image/svg+xml" href="/favicon.svg" />
        <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
        <link rel="manifest" href="/manifest.webmanifest" />
        {manifest && <link rel="stylesheet" href={ASSETS_PATH + manifest.style} />}
        {/* What comes in two pieces would be seen to jump. */}
        {json && <link {...PAINT_WHOLE} />}
        {chunks.map((name) => <link key={name} rel="modulepreload" nonce={nonce} href={ASSETS_PATH + name} />)}
        {page && <JsonScript id={DEFERRED_FILES_ID} nonce={nonce} json={JSON.stringify(addressesOf(page))} />}
        {script && <script type="module" nonce={nonce} src={ASSETS_PATH + script} />}
      </head>
      <body>
        <svg class="vh" aria-hidden="true" dangerouslySetInnerHTML={symbols} />
        {children}
        {json && <JsonScript id={PAGE_DATA_ID} nonce={nonce} json={json} />}
      </body>
    </html>
  );
}

function JsonScript({ id, nonce, json }: { id: string; nonce: string; json: string }) {
  return <script type="application/json" id={id} nonce={nonce} dangerouslySetInnerHTML={{ __html: json }} />;
}

/** Where a page finds what it fetches when it wants it. */
function addressesOf({ deferred }: Manifest["pages"][string]): Record<string, string> {
  return Object.fromEntries(Object.entries(deferred).map(([name, [file]]) => [name, ASSETS_PATH + file]));
}

/** JSON that cannot end its script element, whatever people write in messages. */
async function toScriptText(value: object): Promise<string> {
  return (await jsonOf(value)).replaceAll("<", "\\u003c");
}
