/**
 * Numbers for Prometheus, in its text format 0.0.4. To count is to add to a plain number; the text is made when somebody
 * asks for it. By hand: prom-client would take 5 MB of the 40 that a first start may fetch.
 */

const BOUNDS_MS = [1, 2.5, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000]; // of the buckets of times
const TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface Numbers {
  /** Makes a counter. Count with a value for each label: one word of a small set, since each is kept for good. */
  counter(name: string, help: string, labels?: string[]): (...values: string[]) => void;
  /** Makes a gauge, which is read when somebody asks. One of the same name and other labels adds to it. */
  gauge(name: string, help: string, read: () => number, labels?: Record<string, string>): void;
  /** Makes a histogram of times. Add one in ms with a value for each label, as of a counter. */
  times(name: string, help: string, labels?: string[]): (ms: number, ...values: string[]) => void;
  /** All of them in Prometheus' text format, and its Content-Type. */
  text(): { text: string; type: string };
}

interface Sample {
  /** What follows the metric's name: `_sum` of a histogram, say. */
  suffix?: string;
  labels: Record<string, string | number>;
  value: number;
}

interface Metric {
  type: "counter" | "gauge" | "histogram";
  help: string;
  samples(): Sample[];
}

interface Times {
  /** How many ended within each bound and over the one before; the last is over all of them. */
  counts: number[];
  sum: number;
}

export function createNumbers(): Numbers {
  const metrics = new Map<string, Metric>();
  const gauges = new Map<string, { labels: Record<string, string>; read: () => number }[]>();

  return {
    counter(name, help, labels = []) {
      const counts = new Map<string, number>(labels.length === 0 ? [["", 0]] : []);
      const samples = () => [...counts].map(([key, value]) => ({ labels: labelled(labels, key), value }));
      metrics.set(name, { type: "counter", help, samples });
      return (...values) => {
        const key = values.join(" ");
        counts.set(key, (counts.get(key) ?? 0) + 1);
      };
    },

    gauge(name, help, read, labels = {}) {
      const readers = gauges.get(name) ?? [];
      readers.push({ labels, read });
      gauges.set(name, readers);
      const samples = () => readers.map(({ labels, read }) => ({ labels, value: read() }));
      metrics.set(name, { type: "gauge", help, samples });
    },

    times(name, help, labels = []) {
      const all = new Map<string, Times>();
      const samples = () => [...all].flatMap(([key, times]) => samplesOf(labelled(labels, key), times));
      metrics.set(name, { type: "histogram", help, samples });
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

    text: () => ({ text: [...metrics].map(([name, metric]) => textOf(name, metric)).join(""), type: TYPE }),
  };
}

/** Each bucket counts all up to its bound. */
function samplesOf(labels: Record<string, string>, { counts, sum }: Times): Sample[] {
  let count = 0;
  const buckets = counts.map((more, at): Sample => {
    const le = at < BOUNDS_MS.length ? (BOUNDS_MS[at] ?? 0) / 1_000 : "+Inf";
    return { suffix: "_bucket", labels: { ...labels, le }, value: count += more };
  });
  return [...buckets, { suffix: "_sum", labels, value: sum / 1_000 }, { suffix: "_count", labels, value: count }];
}

function textOf(name: string, { type, help, samples }: Metric): string {
  const lines = samples().map(({ suffix = "", labels, value }) => {
    const named = Object.entries(labels).map(([label, of]) => `${label}="${escaped(String(of))}"`).join(",");
    return `${name}${suffix}${named === "" ? "" : `{${named}}`} ${value}`;
  });
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...lines, ""].join("\n");
}

/** A label's value may hold anything, but these three are escaped. */
function escaped(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function labelled(names: string[], values: string): Record<string, string> {
  const parts = values.split(" ");
  return Object.fromEntries(names.map((name, at) => [name, parts[at] ?? ""]));
}
