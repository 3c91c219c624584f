/** Reads Prometheus' text format, strictly: what does not fit it throws. */

export interface Scrape {
  /** The value of a series, as it is written: `rivulet_events_total{type="messages.sent"}`; 0 where it is not there. */
  value(series: string): number;
  /** The types by the metrics' names. */
  readonly types: ReadonlyMap<string, string>;
  readonly series: ReadonlyMap<string, number>;
}

const HEAD = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/;
const SAMPLE = /^([a-z_][a-z0-9_]*)(\{(?:[a-z_]+="[^"\\\n]*",?)+\})? ([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)$/;

export function parseScrape(text: string): Scrape {
  const [types, series] = [new Map<string, string>(), new Map<string, number>()];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const head = HEAD.exec(line);
    if (head) {
      const [, kind, name = "", rest = ""] = head;
      if (kind === "TYPE" && types.has(name)) throw new Error(`${name} has two types`);
      if (kind === "TYPE") types.set(name, rest);
      continue;
    }
    const sample = SAMPLE.exec(line);
    if (!sample) throw new Error(`no line of the text format: ${line}`);
    const [, name = "", labels = "", value] = sample;
    if (!types.has(name) && !types.has(name.replace(/_(bucket|sum|count)$/, ""))) {
      throw new Error(`${name} has no type`);
    }
    if (series.has(name + labels)) throw new Error(`${name}${labels} is there twice`);
    series.set(name + labels, Number(value));
  }
  return { types, series, value: (it) => series.get(it) ?? 0 };
}

export async function scrape(url: string, token: string): Promise<Scrape> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200) throw new Error(`/metrics answered ${response.status}: ${await response.text()}`);
  return parseScrape(await response.text());
}
