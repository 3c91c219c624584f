import assert from "node:assert/strict";
import { createClientAddress } from "../../../lib/server/http/address.ts";

const TRUSTED = ["10.0.0.0/8", "192.0.2.7", "fd00::/8"];

const cases: [what: string, peer: string | undefined, forwardedFor: string | undefined, client: string][] = [
  ["no header: the peer", "203.0.113.9", undefined, "203.0.113.9"],
  ["a peer that is no proxy is not believed", "203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["a proxy is believed", "10.1.2.3", "198.51.100.1", "198.51.100.1"],
  ["what the client wrote itself is not read", "10.1.2.3", "1.1.1.1, 198.51.100.1", "198.51.100.1"],
  ["proxies in a row", "10.1.2.3", "1.1.1.1, 198.51.100.1, 192.0.2.7, 10.9.9.9", "198.51.100.1"],
  ["only proxies: the first of them", "10.1.2.3", "10.4.4.4, 192.0.2.7", "10.4.4.4"],
  ["an entry that is no address ends it at the proxy", "10.1.2.3", "198.51.100.1, unknown", "10.1.2.3"],
  ["an empty header", "10.1.2.3", "", "10.1.2.3"],
  ["IPv6", "fd00::1", "2001:DB8::1", "2001:db8::1"],
  ["IPv6 with brackets and port", "fd00::1", "[2001:db8::1]:4711", "2001:db8::1"],
  ["IPv4 with port", "10.1.2.3", "198.51.100.1:4711", "198.51.100.1"],
  ["an IPv4 peer as IPv6 sees it", "::ffff:10.1.2.3", "198.51.100.1", "198.51.100.1"],
  ["an IPv4 entry as IPv6 sees it", "10.1.2.3", "::ffff:198.51.100.1", "198.51.100.1"],
  ["a zone is no part of an address", "fe80::1%eth0", undefined, "fe80::1"],
  ["no peer", undefined, "198.51.100.1", "0.0.0.0"],
];

for (const [what, peer, forwardedFor, client] of cases) {
  Deno.test(`the client's address: ${what}`, () => {
    assert.equal(createClientAddress(TRUSTED)(peer, forwardedFor), client);
  });
}

Deno.test("nobody is believed where no proxy is trusted", () => {
  assert.equal(createClientAddress([])("127.0.0.1", "198.51.100.1"), "127.0.0.1");
});
