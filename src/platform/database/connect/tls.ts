// Reads the TLS parameters of a database URL with the same meaning as libpq. Files are read at once, so that a
// missing file fails the start. Files in a home folder (~/.postgresql) aren't used.
import { readFileSync } from 'node:fs'
import type { ConnectionOptions, SecureVersion } from 'node:tls'
import { Refused } from '#errors.ts'

/** The TLS options of a connection; false means no TLS. */
export type Tls = ConnectionOptions | false

const MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'] as const
type Mode = (typeof MODES)[number]

/**
 * The supported parameters. Any other that begins with `ssl` is refused, because ignoring it could make the
 * connection less secure than requested.
 */
const PARAMETERS = new Set([
  'ssl',
  'sslmode',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'sslpassword',
  'sslcrl',
  'sslnegotiation',
  'sslcompression',
  'sslsni',
])

export function isTlsParameter(name: string): boolean {
  return name.startsWith('ssl') || name === 'ssl_min_protocol_version' || name === 'ssl_max_protocol_version'
}

/**
 * Returns the TLS options to try, in order. The default, `prefer`, also accepts a server without TLS.
 * @throws {Refused} if a parameter has no meaning, or a file can't be read
 */
export function tlsWays(parameters: URLSearchParams): readonly Tls[] {
  const mode = readMode(parameters)
  if (mode === 'disable') return [false]
  const tls = { ...readFiles(parameters), ...readVersions(parameters), ...verification(mode, parameters) }
  if (mode === 'prefer') return [tls, false]
  return mode === 'allow' ? [false, tls] : [tls]
}

function readMode(parameters: URLSearchParams): Mode {
  const unknown = [...parameters.keys()].find((name) => name.startsWith('ssl') && !isKnown(name))
  if (unknown) throw new Refused(`${unknown} isn't supported`)
  const asked = parameters.get('sslmode') ?? (isOn(parameters.get('ssl')) ? 'require' : 'prefer')
  const mode = MODES.find((one) => one === asked)
  if (!mode) throw new Refused(`sslmode is "${asked}": must be one of ${MODES.join(', ')}`)
  if (parameters.get('sslnegotiation') === 'direct' && MODES.indexOf(mode) < MODES.indexOf('require'))
    throw new Refused('sslnegotiation=direct needs sslmode=require or stricter')
  return mode
}

function isKnown(name: string): boolean {
  return PARAMETERS.has(name) || name.startsWith('ssl_')
}

function isOn(value: string | null): boolean {
  return value === 'true' || value === '1'
}

function readFiles(parameters: URLSearchParams): ConnectionOptions {
  const root = parameters.get('sslrootcert')
  return {
    ...(root && root !== 'system' && { ca: read('sslrootcert', root) }),
    ...file(parameters, 'sslcert', 'cert'),
    ...file(parameters, 'sslkey', 'key'),
    ...file(parameters, 'sslcrl', 'crl'),
    ...(parameters.has('sslpassword') && { passphrase: parameters.get('sslpassword') ?? '' }),
  }
}

function file(parameters: URLSearchParams, name: string, option: 'cert' | 'key' | 'crl'): ConnectionOptions {
  const path = parameters.get(name)
  return path ? { [option]: read(name, path) } : {}
}

function read(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    throw new Refused(`${name} is "${path}": must be a file that can be read (${code})`)
  }
}

const VERSIONS = ['TLSv1', 'TLSv1.1', 'TLSv1.2', 'TLSv1.3']

function readVersions(parameters: URLSearchParams): ConnectionOptions {
  const version = (name: string) => {
    const value = parameters.get(name)
    if (value && !VERSIONS.includes(value))
      throw new Refused(`${name} is "${value}": must be one of ${VERSIONS.join(', ')}`)
    return value as SecureVersion | null
  }
  const lowest = version('ssl_min_protocol_version')
  const highest = version('ssl_max_protocol_version')
  return { ...(lowest && { minVersion: lowest }), ...(highest && { maxVersion: highest }) }
}

/**
 * Returns the options that decide whether the certificate must be signed by a known authority, and whether it must
 * name the host.
 */
function verification(mode: Mode, parameters: URLSearchParams): ConnectionOptions {
  const root = parameters.get('sslrootcert')
  if (mode === 'verify-full') return { rejectUnauthorized: true }
  if (root === 'system') throw new Refused('sslrootcert=system needs sslmode=verify-full')
  if (mode === 'verify-ca' && !root)
    throw new Refused(
      'sslmode=verify-ca needs sslrootcert, the file of your own authority. With a public authority use verify-full',
    )
  // As in libpq, `require` checks the certificate if a root certificate is given.
  const isChecked = mode === 'verify-ca' || (mode === 'require' && root !== null)
  return isChecked
    ? { rejectUnauthorized: true, checkServerIdentity: () => undefined }
    : { rejectUnauthorized: false }
}
