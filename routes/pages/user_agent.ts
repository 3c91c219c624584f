/** Words a User-Agent for its owner: "Firefox on Linux". It helps to tell sessions apart; no rule depends on it. */

const browsers: [RegExp, string][] = [
  [/Edg\//, "Edge"],
  [/OPR\//, "Opera"],
  [/Firefox\//, "Firefox"],
  [/Chrome\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const systems: [RegExp, string][] = [
  [/iPhone|iPad/, "iOS"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X/, "macOS"],
  [/CrOS/, "ChromeOS"],
  [/Linux/, "Linux"],
];

export function describeUserAgent(agent: string): { name: string; isPhone: boolean } {
  const browser = browsers.find(([pattern]) => pattern.test(agent))?.[1];
  const system = systems.find(([pattern]) => pattern.test(agent))?.[1];
  const [first = ""] = /[a-z0-9][^ ]{0,39}/i.exec(agent) ?? [];
  const name = browser && system ? `${browser} on ${system}` : browser ?? system ?? (first || "Unknown");
  return { name, isPhone: /iPhone|Android.*Mobile/.test(agent) };
}
