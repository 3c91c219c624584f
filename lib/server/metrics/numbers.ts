/**
 * Numbers for Prometheus. To count is to add to a plain number; prom-client, which writes the text, is loaded when
 * somebody first asks for it, so that neither the start nor a send pays for it.
 */
import type { Registry } from "prom-client";

const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]; // of the buckets of times

export interface Numbers {
  /** Makes a counter. Count with a value for each label: one word of a small set, since each is kept for good. */
  counter(name: string, help: string, labels?: string[]): (...values: string[]) => void;
  /** Makes a gauge, which is read when somebody asks. One of the same name and other labels adds to it. */
  gauge(name: string, help: string, read: () => number, labels?: Record<string, string>): void;
  /** Makes a histogram of times. Add one in ms with a value for each label, as of a counter. */
  times(name: string, help: string, labels?: string[]): (ms: number, ...values: string[]) => void;
  /** All of them in Prometheus' text format, and its Content-Type. */
  text(): Promise<{ text: string; type: string }>;
}

type Prom = typeof import("prom-client");

interface Times {
  /** How many ended within each bound and over the one before; the last is over all of them. */
  counts: number[];
  sum: number;
}

export function createNumbers(): Numbers {
  const made: ((prom: Prom, registers: Registry[]) => void)[] = [];
  const gauges = new Map<string, { labels: Record<string, string>; read: () => number }[]>();
  let registry: Promise<Registry> | undefined;

  async function open(): Promise<Registry> {
    const prom = await import("prom-client");
    const registry = new prom.Registry();
    for (const make of made) make(prom, [registry]);
    return registry;
  }

  return {
    counter(name, help, labelNames = []) {
      const counts = new Map<string, number>();
      made.push(({ Counter }, registers) =>
        void new Counter({
          name,
          help,
          labelNames,
          registers,
          collect() {
            this.reset();
            for (const [values, count] of counts) this.inc(labelled(labelNames, values), count);
          },
        })
      );
      return (...values) => {
        const key = values.join(" ");
        counts.set(key, (counts.get(key) ?? 0) + 1);
      };
    },

    gauge(name, help, read, labels = {}) {
      const readers = gauges.get(name) ?? [];
      readers.push({ labels, read });
      if (gauges.has(name)) return;
      gauges.set(name, readers);
      made.push(({ Gauge }, registers) =>
        void new Gauge({
          name,
          help,
          labelNames: Object.keys(labels),
          registers,
          collect() {
            for (const it of readers) this.set(it.labels, it.read());
          },
        })
      );
    },

    times(name, help, labelNames = []) {
      const all = new Map<string, Times>();
      made.push((prom, registers) => makeHistogram(prom, { name, help, labelNames, registers }, all));
      return (ms, ...values) => {
        const key = values.join(" ");
        let times = all.get(key);
        if (!times) all.set(key, times = { counts: new Array(BOUNDS_MS.length + 1).fill(0), sum: 0 });
        let at = 0;
        while (ms > (BOUNDS_MS[at] ?? Infinity)) at++;
        times.counts[at] = (times.counts[at] ?? 0) + 1;
        times.sum += ms;
      };
    },

    async text() {
      const opened = await (registry ??= open());
      return { text: await opened.metrics(), type: opened.contentType };
    },
  };
}

/** A histogram that gives what was counted here. One of prom-client's own would have to be told of each time. */
function makeHistogram(
  { Histogram }: Prom,
  options: { name: string; help: string; labelNames: string[]; registers: Registry[] },
  all: ReadonlyMap<string, Times>,
): void {
  const { name, help, labelNames } = options;
  class Counted extends Histogram {
    /** What a registry asks for. */
    getForPromString() {
      const values = [...all].flatMap(([key, { counts, sum }]) => {
        const labels = labelled(labelNames, key);
        let count = 0;
        const buckets = counts.map((more, at) => {
          const le = at < BOUNDS_MS.length ? (BOUNDS_MS[at] ?? 0) / 1_000 : "+Inf";
          return { metricName: `${name}_bucket`, labels: { ...labels, le }, value: count += more };
        });
        return [
          ...buckets,
          { metricName: `${name}_sum`, labels, value: sum / 1_000 },
          { metricName: `${name}_count`, labels, value: count },
        ];
      });
      return Promise.resolve({ name, help, type: "histogram", values });
    }
  }
  new Counted(options);
}

function labelled(names: string[], values: string): Record<string, string> {
  const parts = values.split(" ");
  return Object.fromEntries(names.map((name, at) => [name, parts[at] ?? ""]));
}
