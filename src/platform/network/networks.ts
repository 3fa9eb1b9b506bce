// The addresses that an outgoing request may reach: public ones, and those that the operator allowed. An administrator who enters
// a URL must not be able to reach, through the service, what only the service can reach.
import { BlockList, isIP } from 'node:net'

// From the IANA special-purpose registries, and one address that a cloud uses for the metadata of its machines.
const PRIVATE_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
]
/** Inside 2000::/3. Nothing outside of it is public. */
const PRIVATE_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']

export interface Networks {
  /** Whether the address is public or allowed. */
  mayReach(address: string): boolean
  /** Whether the address may only be reached because the operator allowed it. */
  isAllowedPrivate(address: string): boolean
}

/** @param allowed private addresses and networks (`10.0.0.0/8`, `::1`) that may be reached */
export function openNetworks(allowed: readonly string[]): Networks {
  const exceptions = listOf(allowed)
  const isAllowed = (address: string) => spellings(address).some((one) => includes(exceptions, one))
  return {
    mayReach: (address) => isAllowed(address) || isPublic(address),
    isAllowedPrivate: (address) => isAllowed(address) && !isPublic(address),
  }
}

const privateIpv4 = listOf(PRIVATE_IPV4)
const publicIpv6 = listOf(['2000::/3'])
const privateIpv6 = listOf(PRIVATE_IPV6)

function isPublic(address: string): boolean {
  const ipv4 = embeddedIpv4(address) ?? address
  if (isIP(ipv4) === 4) return !includes(privateIpv4, ipv4)
  return includes(publicIpv6, address) && !includes(privateIpv6, address)
}

const MAPPED = /^(?:0{0,4}:){0,5}:?(?:0{1,4}:)*ffff:([0-9a-f.:]+)$/i
const NAT64 = /^64:ff9b::([0-9a-f.:]+)$/i

/** Returns the IPv4 address that an IPv4-mapped or NAT64 address leads to. */
function embeddedIpv4(address: string): string | undefined {
  const canonical = isIP(address) === 6 ? new URL(`http://[${address}]`).hostname.slice(1, -1) : address
  const [, tail = ''] = MAPPED.exec(canonical) ?? NAT64.exec(canonical) ?? []
  const groups = tail.split(':').map((group) => Number.parseInt(group || '0', 16))
  if (tail === '' || groups.length > 2) return undefined
  const [high = 0, low = 0] = groups.length === 2 ? groups : [0, groups[0]]
  return [high >> 8, high & 255, low >> 8, low & 255].join('.')
}

function spellings(address: string): string[] {
  const ipv4 = embeddedIpv4(address)
  return ipv4 === undefined ? [address] : [address, ipv4]
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

function includes(list: BlockList, address: string): boolean {
  const version = isIP(address)
  return version !== 0 && list.check(address, version === 6 ? 'ipv6' : 'ipv4')
}
