// Reads a database URL like libpq: several hosts, sockets, TLS. @see PostgreSQL manual, 34.1.1 "Connection Strings"
import { isIPv6 } from 'node:net'
import type pg from 'pg'
import { Refused } from '#errors.ts'
import { isTlsParameter, tlsWays } from './tls.ts'

/** Connection options for one database. They are tried in order until a server accepts writes. */
export type Ways = readonly [pg.ClientConfig, ...pg.ClientConfig[]]

const FORM =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^/?#]*)@)?(?<hosts>[^@/?#]*)(?<path>\/[^?#]*)?(?<query>\?[^#]*)?$/
const HOST = /^(?<host>\[[^\]]*\]|[^:]*)(?::(?<port>\d*))?$/

/** Returns whether a text has the form of a database URL. */
export function isDatabaseUrl(text: string): boolean {
  const { hosts = '', ...parts } = FORM.exec(text)?.groups ?? {}
  return parts.path !== undefined || parts.query !== undefined || hosts !== ''
    ? hosts.split(',').every((one) => HOST.test(one)) && URL.canParse(singleHostUrl(parts))
    : FORM.test(text)
}

/** Returns a URL with a single host, because the URL standard allows no empty host and no list of hosts. */
function singleHostUrl({ user = '', path = '', query = '' }: Record<string, string | undefined>): string {
  return `postgres://${user}@host${path}${query}`
}

/** Reads a database URL. @throws {Refused} if a parameter has no meaning; the message contains no secrets */
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

/** The service needs a server that accepts writes, so these three mean the same here. */
const WRITABLE = ['any', 'read-write', 'primary']

function refuseOtherServers(wanted: string | null): void {
  if (wanted === null || WRITABLE.includes(wanted)) return
  throw new Refused(`target_session_attrs is "${wanted}": must be read-write, primary or any`)
}

/** Parameters that are handled here; the others are passed to the driver. */
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

/** The driver uses channel binding if the server offers it, but can't require it. */
const BINDING = ['prefer', 'require']

/** An undefined value isn't in the URL. The driver then uses PGHOST and PGPORT, or else `localhost` and 5432. */
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

/** Environment variables with which libpq completes a URL. */
const VARIABLES = {
  PGSSLMODE: 'sslmode',
  PGSSLROOTCERT: 'sslrootcert',
  PGSSLCERT: 'sslcert',
  PGSSLKEY: 'sslkey',
  PGSSLCRL: 'sslcrl',
} as const

/** Adds TLS parameters from the environment that the URL doesn't have. */
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

/** Returns host and port, or the socket's folder, as text for messages. */
export function serverOf({ host = 'localhost', port = 5432 }: pg.ClientConfig): string {
  return isIPv6(host) ? `[${host}]:${port}` : host.startsWith('/') ? host : `${host}:${port}`
}
