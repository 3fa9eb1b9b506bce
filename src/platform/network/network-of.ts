import { isIPv4 } from 'node:net'

const MAPPED_IPV4 = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i
const GROUPS = 8
/** A site gets a prefix of 64 bits or fewer, and chooses the rest of its addresses freely. */
const SITE_GROUPS = 4

/** Returns the network of an address: itself for IPv4, its /64 for IPv6. @param address as the socket reports it */
export function networkOf(address: string): string {
  const [, ipv4 = address] = MAPPED_IPV4.exec(address) ?? []
  if (isIPv4(ipv4)) return ipv4
  const [before = '', after] = address.split('::')
  const head = before.split(':')
  const tail = after === undefined ? [] : after.split(':')
  const zeros = Array.from({ length: Math.max(0, GROUPS - head.length - tail.length) }, () => '0')
  const site = [...head, ...zeros, ...tail].slice(0, SITE_GROUPS)
  return `${site.map((group) => (Number.parseInt(group, 16) || 0).toString(16)).join(':')}::/64`
}
