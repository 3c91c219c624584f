const IPV6_NETWORK_GROUPS = 4; // a /64 is one customer, who may use every address in it

/** What counts as one address for the limits of tries: the /64 of an IPv6 address; others as they are. */
export function networkOf(address: string): string {
  if (!address.includes(":")) return address;
  const [head = "", tail = ""] = address.split("::");
  const left = head === "" ? [] : head.split(":");
  const right = tail === "" ? [] : tail.split(":");
  const zeros = address.includes("::") ? Array<string>(Math.max(0, 8 - left.length - right.length)).fill("0") : [];
  return [...left, ...zeros, ...right].slice(0, IPV6_NETWORK_GROUPS).join(":");
}
