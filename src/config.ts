// The settings of the service, read once from the environment and, where DOORLIST_CONFIG names one, a file of
// `NAME=value` lines; the environment wins. Only `main.ts`, `service/` and `cli/` hold the result; others take the few values they need.
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { readOrigin } from '#platform/network/origin.ts'
import {
  parseSettingsFile,
  SettingsError,
  type SettingsReader,
  settingsReader,
  type Variables,
} from './platform/environment.ts'

export interface Config {
  /** Of this process among the app gateways. Unset: the name of the machine with a short mark. */
  readonly name: string | undefined
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  /** Scheme, host and port at which others reach the service, as browsers spell them. Unset: where it listens. */
  readonly publicUrl: string | undefined
  /** Absolute. */
  readonly dataDir: string
  /** Unset: the embedded PostgreSQL in the data folder. */
  readonly databaseUrl: string | undefined
  /** Of the role that owns the tables. Unset: the user of `databaseUrl` does. */
  readonly migrationDatabaseUrl: string | undefined
  /** What keys for secrets at rest are derived from. Unset: a file in the data folder. */
  readonly secretKey: string | undefined
  /** The first owner, made on the first start only. */
  readonly firstAdmin: { readonly email: string; readonly password: string } | undefined
  readonly role: 'all' | 'gateway' | 'portal'
  readonly logLevel: (typeof LOG_LEVELS)[number]
  readonly smtpUrl: string | undefined
  /** Address that mail comes from. Unset: doorlist@ the public host. */
  readonly mailFrom: string | undefined
  /** Through which text messages go out. Unset: none do. */
  readonly smsWebhook: { readonly url: string; readonly secret: string } | undefined
  /** Networks that outgoing requests may reach although they are private. */
  readonly allowPrivateNetworks: readonly string[]
  /** Name servers that proofs of domains are asked of. None: those that this machine asks. */
  readonly dnsServers: readonly string[]
  /** Paths of PEM files; unset: plain HTTP. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
  /** Addresses and networks whose forwarding headers count. */
  readonly trustedProxies: readonly string[]
  /** BCP 47. */
  readonly defaultLocale: string
  /** SCIM requests per second and IdP; 0 is unlimited. */
  readonly scimRate: number
  /** Life of an OAuth access token. */
  readonly tokenMinutes: number
  /** How long single SCIM requests are kept; 0: they are only counted. */
  readonly requestLogDays: number
  /** How long users whom their identity provider deleted can be restored; 0: not at all. */
  readonly deletedUserDays: number
  /** Unset: /metrics is closed. */
  readonly metricsToken: string | undefined
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

/** @throws {SettingsError} naming every mistake */
export function readConfig(environment: Variables): Config {
  const read = settingsReader(withFile(environment))
  const config = {
    name: readName(read),
    host: read.text('DOORLIST_HOST') ?? '127.0.0.1',
    port: read.integer('DOORLIST_PORT', { min: 0, max: 65_535, default: 8080 }),
    publicUrl: readPublicUrl(read),
    dataDir: resolve(read.text('DOORLIST_DATA_DIR') ?? 'data'),
    ...readDatabaseUrls(read),
    secretKey: readSecret(read, 'DOORLIST_SECRET_KEY', 32),
    firstAdmin: readFirstAdmin(read),
    role: readRole(read),
    logLevel: read.choice('DOORLIST_LOG_LEVEL', LOG_LEVELS, 'info'),
    smtpUrl: read.url('DOORLIST_SMTP_URL', ['smtp', 'smtps'], { secret: true }),
    mailFrom: readMailFrom(read),
    smsWebhook: readSmsWebhook(read),
    allowPrivateNetworks: read.networks('DOORLIST_ALLOW_PRIVATE_NETWORKS'),
    dnsServers: read.servers('DOORLIST_DNS_SERVERS'),
    tls: readTls(read),
    trustedProxies: read.networks('DOORLIST_TRUSTED_PROXIES'),
    defaultLocale: readLocale(read),
    scimRate: readScimRate(read),
    tokenMinutes: read.integer('DOORLIST_TOKEN_MINUTES', { min: 60, max: 360, default: 60 }),
    requestLogDays: read.integer('DOORLIST_REQUEST_LOG_DAYS', { min: 0, max: 90, default: 7 }),
    deletedUserDays: read.integer('DOORLIST_DELETED_USER_DAYS', { min: 0, max: 365, default: 30 }),
    metricsToken: readSecret(read, 'DOORLIST_METRICS_TOKEN', 16),
  }
  read.done()
  return config
}

function readName(read: SettingsReader): string | undefined {
  const check = (value: string) => /^[\w.-]{1,63}$/.test(value)
  return read.text('DOORLIST_NAME', { check, rule: '1 to 63 letters, digits, dots, dashes and underscores' })
}

/** An empty role, as a template leaves it, must not open the doors that a part alone would keep shut. */
function readRole(read: SettingsReader): Config['role'] {
  read.filled('DOORLIST_ROLE')
  return read.choice('DOORLIST_ROLE', ['all', 'gateway', 'portal'], 'all')
}

function withFile(environment: Variables): Variables {
  const file = environment.DOORLIST_CONFIG?.trim()
  if (!file) return environment
  const settings = readSettingsFile(file)
  const set = Object.entries(environment).filter(([, value]) => value?.trim())
  return { ...environment, ...settings, ...Object.fromEntries(set) }
}

function readSettingsFile(file: string): Record<string, string> {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new SettingsError([
      `DOORLIST_CONFIG is ${JSON.stringify(file)}: must be a file that can be read (${code})`,
    ])
  }
  return parseSettingsFile(text)
}

/** PostgreSQL's own form without a host, `postgres://user@/name?host=/folder`, is no URL to the web's rules. */
function readDatabaseUrl(read: SettingsReader, name: string): string | undefined {
  const check = (value: string) =>
    /^postgres(ql)?:\/\//.test(value) && URL.canParse(value.replace('@/', '@localhost/'))
  const rule = 'a URL that starts with postgres:// or postgresql://'
  return read.text(name, { check, rule, secret: true })
}

function readDatabaseUrls(read: SettingsReader): Pick<Config, 'databaseUrl' | 'migrationDatabaseUrl'> {
  const databaseUrl = readDatabaseUrl(read, 'DATABASE_URL')
  const migrationDatabaseUrl = readDatabaseUrl(read, 'DOORLIST_MIGRATION_DATABASE_URL')
  if (migrationDatabaseUrl && !databaseUrl) read.together('DATABASE_URL', 'DOORLIST_MIGRATION_DATABASE_URL')
  return { databaseUrl, migrationDatabaseUrl }
}

/** A path would not reach the doors, which all start at the root. */
function readPublicUrl(read: SettingsReader): string | undefined {
  const check = (value: string) => readOrigin(value) !== undefined
  const rule = 'like https://doorlist.example.com, without a path'
  const value = read.text('DOORLIST_PUBLIC_URL', { check, rule })
  return value && readOrigin(value)
}

/** Returns the URL at which a process listens; others reach it there unless DOORLIST_PUBLIC_URL says otherwise. */
export function listenUrl({ host, tls }: Pick<Config, 'host' | 'tls'>, port: number): string {
  const url = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return readOrigin(url) ?? url
}

function readSecret(read: SettingsReader, name: string, characters: number): string | undefined {
  const check = (value: string) => value.length >= characters
  return read.text(name, { check, rule: `at least ${characters} characters long`, secret: true })
}

/** Entra ID and the IPSIE profile ask for 25 requests a second at least. */
const SCIM_RATE = { min: 25, max: 1_000_000, default: 200 }

function readScimRate(read: SettingsReader): number {
  const rate = read.integer('DOORLIST_SCIM_RATE', { ...SCIM_RATE, min: 0 })
  if (rate > 0 && rate < SCIM_RATE.min) {
    read.mistake('DOORLIST_SCIM_RATE', `is "${rate}": must be 0 (unlimited), or ${SCIM_RATE.min} or more`)
  }
  return rate
}

function readFirstAdmin(read: SettingsReader): Config['firstAdmin'] {
  const email = read.text('DOORLIST_ADMIN_EMAIL', {
    check: (value) => /^[^\s@]+@[^\s@]+$/.test(value),
    rule: 'an e-mail address',
  })
  const password = readSecret(read, 'DOORLIST_ADMIN_PASSWORD', 15)
  read.together('DOORLIST_ADMIN_EMAIL', 'DOORLIST_ADMIN_PASSWORD')
  return email && password ? { email, password } : undefined
}

function readMailFrom(read: SettingsReader): string | undefined {
  const check = (value: string) => /^[^\s@<>]+@[^\s@<>]+$/.test(value)
  return read.text('DOORLIST_MAIL_FROM', { check, rule: 'an e-mail address' })
}

function readSmsWebhook(read: SettingsReader): Config['smsWebhook'] {
  const url = read.url('DOORLIST_SMS_WEBHOOK_URL', ['https', 'http'], { secret: true })
  const secret = readSecret(read, 'DOORLIST_SMS_WEBHOOK_SECRET', 16)
  read.together('DOORLIST_SMS_WEBHOOK_URL', 'DOORLIST_SMS_WEBHOOK_SECRET')
  return url && secret ? { url, secret } : undefined
}

function readTls(read: SettingsReader): Config['tls'] {
  const certFile = read.text('DOORLIST_TLS_CERT')
  const keyFile = read.text('DOORLIST_TLS_KEY')
  read.together('DOORLIST_TLS_CERT', 'DOORLIST_TLS_KEY')
  return certFile && keyFile ? { certFile, keyFile } : undefined
}

function readLocale(read: SettingsReader): string {
  const check = (value: string) => {
    try {
      return Intl.getCanonicalLocales(value).length === 1
    } catch {
      return false
    }
  }
  return read.text('DOORLIST_DEFAULT_LOCALE', { check, rule: 'a language tag such as en or zh-TW' }) ?? 'en'
}
