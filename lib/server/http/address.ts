/** Finds the address of the client, as far as TRUST_PROXY lets a header be believed (lib/protocol/README.md §0). */
import { BlockList, isIP } from "node:net";

const MAPPED = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i;
const UNKNOWN = "0.0.0.0"; // a peer without an address: a Unix socket, or a test
const PREFIX_MAX = { 4: 32, 6: 128 } as const;

interface Network {
  address: string;
  family: "ipv4" | "ipv6";
  prefix: number;
}

/** True for an IPv4 or IPv6 address and for a CIDR of one. */
export function isNetwork(text: string): boolean {
  return parseNetwork(text) !== undefined;
}

/**
 * Makes the function that finds a request's client: the peer, or, where the peer is a trusted proxy, the rightmost
 * X-Forwarded-For entry that is not one. Whatever stands left of that entry was written by the client and is not read.
 */
export function createClientAddress(
  trusted: string[],
): (peer: string | undefined, forwardedFor: string | null | undefined) => string {
  const networks = new BlockList();
  for (const text of trusted) {
    const network = parseNetwork(text);
    if (!network) throw new TypeError(`Cannot trust ${text}: it is no address and no CIDR`);
    networks.addSubnet(network.address, network.prefix, network.family);
  }
  const isTrusted = (address: string) => networks.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");

  return (peer, forwardedFor) => {
    let client = toAddress(peer ?? "") ?? UNKNOWN;
    if (!forwardedFor) return client;
    for (const entry of forwardedFor.split(",").reverse()) {
      if (!isTrusted(client)) break;
      const address = toAddress(entry);
      if (address === undefined) break; // a proxy that hides its client: the proxy is all we know
      client = address;
    }
    return client;
  };
}

/** An address in plain form: without port, brackets and zone, IPv4 not mapped; undefined for a text that is none. */
function toAddress(text: string): string | undefined {
  const bare = text.trim().replace(/^\[([^\]]*)\](?::\d+)?$/, "$1").replace(/%.*$/, "");
  const address = isIP(bare) ? bare : bare.replace(/^([\d.]+):\d+$/, "$1");
  if (!isIP(address)) return undefined;
  return MAPPED.exec(address)?.[1] ?? address.toLowerCase();
}

function parseNetwork(text: string): Network | undefined {
  const [base = "", prefix, ...rest] = text.split("/");
  const family = isIP(base);
  if (rest.length > 0 || base.includes("%") || (family !== 4 && family !== 6)) return undefined;
  const max = PREFIX_MAX[family];
  if (prefix !== undefined && (!/^\d{1,3}$/.test(prefix) || Number(prefix) > max)) return undefined;
  return { address: base, family: family === 4 ? "ipv4" : "ipv6", prefix: Number(prefix ?? max) };
}
