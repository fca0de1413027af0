/** Which IP addresses are those of the public internet. */
import { BlockList, isIP } from 'node:net';

/** What IANA's registries of special-purpose addresses keep from the public internet, and Azure's metadata service. */
const reserved4: readonly [network: string, prefix: number][] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
];
const reserved6: readonly [network: string, prefix: number][] = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
];
/** Global unicast, and NAT64, whose last 32 bits are an IPv4 address. */
const global6: readonly [network: string, prefix: number][] = [
  ['2000::', 3],
  ['64:ff9b::', 96],
];

const reserved = new BlockList();
for (const [network, prefix] of reserved4) {
  reserved.addSubnet(network, prefix, 'ipv4');
  reserved.addSubnet(`64:ff9b::${network}`, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of reserved6) reserved.addSubnet(network, prefix, 'ipv6');
const globalUnicast = new BlockList();
for (const [network, prefix] of global6) globalUnicast.addSubnet(network, prefix, 'ipv6');

/** False for private, loopback, link-local, metadata and other special addresses, and for what is no address. */
export function isPublicAddress(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !reserved.check(address, 'ipv4');
    case 6:
      return globalUnicast.check(address, 'ipv6') && !reserved.check(address, 'ipv6');
    default:
      return false;
  }
}
