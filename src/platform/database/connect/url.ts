// Reads a database URL as libpq does: several hosts, sockets, TLS. @see PostgreSQL manual, 34.1.1 "Connection Strings"
import { isIPv6 } from 'node:net'
import type pg from 'pg'
import { Refused } from '#errors.ts'
import { isTlsParameter, tlsWays } from './tls.ts'

/** The ways to one database, in the order in which they are tried until a server is found that takes writes. */
export type Ways = readonly [pg.ClientConfig, ...pg.ClientConfig[]]

const FORM =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^@/?#]*)(?<path>\/[^?#]*)?(?<query>\?[^#]*)?$/
const HOST = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d*))?$/

/** Whether a text has the form of a database URL. */
export function isDatabaseUrl(text: string): boolean {
  const { hosts = '', ...parts } = FORM.exec(text)?.groups ?? {}
  return parts.path !== undefined || parts.query !== undefined || hosts !== ''
    ? hosts.split(',').every((one) => HOST.test(one)) && URL.canParse(singleHostUrl(parts))
    : FORM.test(text)
}

/** The web's rules for URLs know no empty host and no lists of hosts. */
function singleHostUrl({ user = '', path = '', query = '' }: Record<string, string | undefined>): string {
  return `postgres://${user}@host${path}${query}`
}

/** @throws {Refused} a parameter has no meaning; the message doesn't repeat secrets */
export function readDatabaseUrl(text: string): Ways {
  const { hosts = '', ...parts } = FORM.exec(text)?.groups ?? {}
  const url = new URL(singleHostUrl(parts))
  const parameters = url.searchParams
  refuseOtherServers(parameters.get('target_session_attrs'))
  const common = commonOptions(url)
  const tls = tlsWays(parameters)
  const ways = addresses(hosts, parameters).flatMap(({ host, port }) =>
    (host?.startsWith('/') ? [false as const] : tls).map((ssl) => ({ ...common, host, port, ssl })),
  )
  const [first, ...others] = ways
  if (!first) throw new Refused('it names no host')
  return [first, ...others]
}

/** The service writes, so a server that takes writes is always looked for. */
const WRITABLE = ['any', 'read-write', 'primary']

function refuseOtherServers(wanted: string | null): void {
  if (wanted === null || WRITABLE.includes(wanted)) return
  throw new Refused(`target_session_attrs is "${wanted}": must be read-write, primary or any`)
}

/** Understood here, or by libpq alone. */
const OWN_PARAMETERS = [
  'user',
  'password',
  'dbname',
  'host',
  'port',
  'target_session_attrs',
  'channel_binding',
]

function commonOptions(url: URL): pg.ClientConfig {
  const { searchParams: parameters } = url
  const others = [...parameters].filter(([name]) => !OWN_PARAMETERS.includes(name) && !isTlsParameter(name))
  const user = parameters.get('user') ?? decodeURIComponent(url.username)
  const password = parameters.get('password') ?? decodeURIComponent(url.password)
  const database = parameters.get('dbname') ?? decodeURIComponent(url.pathname.slice(1))
  return {
    ...Object.fromEntries(others),
    ...(user && { user }),
    ...(password && { password }),
    ...(database && { database }),
    ...(parameters.get('sslnegotiation') === 'direct' && { sslnegotiation: 'direct' as const }),
    ...(BINDING.includes(parameters.get('channel_binding') ?? '') && { enableChannelBinding: true }),
  }
}

/** Both bind where the server offers it: the driver can't insist. */
const BINDING = ['prefer', 'require']

/** Undefined where the URL says nothing: then PGHOST and PGPORT count, or else `localhost` and 5432. */
interface Address {
  readonly host: string | undefined
  readonly port: number | undefined
}

function addresses(authority: string, parameters: URLSearchParams): Address[] {
  const listed = parameters.get('host')?.split(',')
  const ports = parameters.get('port')?.split(',')
  const named = (listed ?? authority.split(',')).map((one): Address => {
    if (listed) return { host: one || undefined, port: undefined }
    const { host = '', port } = HOST.exec(one)?.groups ?? {}
    const name = decodeURIComponent(host.replace(/^\[|\]$/g, ''))
    return { host: name || undefined, port: port ? Number(port) : undefined }
  })
  if (ports && ports.length > 1 && ports.length !== named.length)
    throw new Refused(`it has ${named.length} hosts and ${ports.length} ports`)
  return named.map(({ host, port }, place) => {
    const given = ports?.[place] ?? ports?.[0]
    return { host, port: given ? Number(given) : port }
  })
}

/** By these, libpq finds what a URL doesn't say. */
const VARIABLES = {
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGSSLCRL: 'sslcrl',
} as const

/** Adds the TLS parameters that the environment gives and the URL doesn't. */
export function withTlsVariables(
  url: string,
  variables: Readonly<Record<string, string | undefined>>,
): string {
  const parameters = Object.entries(VARIABLES).flatMap(([variable, name]) => {
    const value = variables[variable]?.trim()
    return value && !new RegExp(`[?&]${name}=`).test(url) ? [`${name}=${encodeURIComponent(value)}`] : []
  })
  if (parameters.length === 0) return url
  return `${url}${url.includes('?') ? '&' : '?'}${parameters.join('&')}`
}

/** The server of a way, as people write it. */
export function serverOf({ host = 'localhost', port = 5432 }: pg.ClientConfig): string {
  return isIPv6(host) ? `[${host}]:${port}` : host.startsWith('/') ? host : `${host}:${port}`
}
