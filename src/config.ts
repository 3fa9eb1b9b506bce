// The settings of the service: each is declared once, here, and read from the environment and, where DOORLIST_CONFIG
// names one, a file of `NAME=value` lines; the environment wins. Only `main.ts`, `service/` and `cli/` hold the result;
// others take the few values they need. After a change run `npm run docs:settings`: it writes docs/settings.md.
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isDatabaseUrl, withTlsVariables } from '#platform/database/connect/url.ts'
import { readOrigin } from '#platform/network/origin.ts'
import {
  choice,
  integer,
  networks,
  parseSettingsFile,
  type Setting,
  SettingsError,
  secret,
  servers,
  settingsReader,
  text,
  textOr,
  url,
  type Variables,
} from './platform/environment.ts'

const EMAIL = {
  allowed: 'an email address',
  isAllowed: (value: string) => /^[^\s@<>]+@[^\s@<>]+$/.test(value),
}

const DATABASE_URL = {
  allowed: 'a URL that starts with postgres:// or postgresql://',
  isAllowed: isDatabaseUrl,
  secret: true,
}

const listening = {
  host: textOr('127.0.0.1', 'DOORLIST_HOST', {
    description: 'Address to listen on. `0.0.0.0` listens on every IPv4 interface, `::` on every interface.',
    example: '0.0.0.0',
    allowed: 'an address or host name of this machine',
  }),
  port: integer('DOORLIST_PORT', {
    description: 'Port to listen on. With `0` the system chooses a free port.',
    example: '9000',
    min: 0,
    max: 65_535,
    default: 8080,
  }),
  publicUrl: text('DOORLIST_PUBLIC_URL', {
    description:
      'Scheme, host and port at which browsers and identity providers reach the service. It is part of every address that Doorlist gives out: SCIM endpoint, entity ID, redirect URIs, links in email. Set it whenever a reverse proxy is in front. With `https`, cookies are `Secure` and browsers are told to use HTTPS only.',
    unset: 'the address that the service listens on',
    example: 'https://doorlist.example.com',
    // All doors start at the root, so a path would never reach them.
    allowed: 'like https://doorlist.example.com, without a path',
    isAllowed: (value) => readOrigin(value) !== undefined,
    convert: (value) => readOrigin(value) ?? value,
  }),
  tlsCert: text('DOORLIST_TLS_CERT', {
    description:
      'File with the TLS certificate and its chain (PEM). The service then speaks HTTPS itself. It is read at the start.',
    unset: 'plain HTTP; put a reverse proxy with TLS in front',
    example: '/etc/doorlist/tls.crt',
    allowed: 'the path of a PEM file',
    needs: 'DOORLIST_TLS_KEY',
  }),
  tlsKey: text('DOORLIST_TLS_KEY', {
    description: 'File with the private key of the TLS certificate (PEM).',
    unset: 'plain HTTP',
    example: '/etc/doorlist/tls.key',
    allowed: 'the path of a PEM file',
    needs: 'DOORLIST_TLS_CERT',
  }),
  trustedProxies: networks('DOORLIST_TRUSTED_PROXIES', {
    description:
      'Addresses of your reverse proxies. Forwarding headers (`X-Forwarded-For`, `X-Forwarded-Host` …) count only when a request comes from one of them, and only they may ask the app gateway.',
    unset: 'no forwarding header counts, and the app gateway answers 401',
    example: '127.0.0.1, 10.0.0.0/24',
  }),
}

const DEFAULT_DATA_DIR = './data'

/** Whether an operator chose the data folder. */
export function isChosen(dataDir: string): boolean {
  return dataDir !== resolve(DEFAULT_DATA_DIR)
}

/** Where the portal's pages are built into when the checkout can't be written. */
export function pagesFolder({ dataDir }: Pick<Config, 'dataDir'>): string {
  return join(dataDir, 'portal-pages')
}

const storage = {
  dataDir: textOr(DEFAULT_DATA_DIR, 'DOORLIST_DATA_DIR', {
    description:
      'Folder for the embedded PostgreSQL and the secret key. It is created at the first start. A relative path is relative to the folder that `doorlist` is started in.',
    example: '/var/lib/doorlist',
    allowed: 'a path',
    convert: (value) => resolve(value),
  }),
  databaseUrl: text('DATABASE_URL', {
    description:
      'Connects to a PostgreSQL of your own, version 15 to 18. Several hosts are allowed, and `sslmode` and its kind mean what they mean to libpq (see [operations](operations.md#your-own-postgresql)).',
    unset: 'an embedded PostgreSQL in the data folder',
    example: 'postgresql://doorlist_app:password@db.example.com/doorlist',
    ...DATABASE_URL,
  }),
  migrationDatabaseUrl: text('DOORLIST_MIGRATION_DATABASE_URL', {
    description:
      'The same database, as the user that owns its tables. It is used only while migrations are pending, so that the service itself can run as an unprivileged user.',
    unset: 'the user of `DATABASE_URL` applies migrations',
    example: 'postgresql://doorlist_owner:password@db.example.com/doorlist',
    needs: 'DATABASE_URL',
    ...DATABASE_URL,
  }),
  secretKey: secret('DOORLIST_SECRET_KEY', 32, {
    description:
      'Key that seals the secrets in the database, such as OIDC client secrets and private keys. Make one with `openssl rand -base64 32`. Keep it with your backups: without it these secrets are lost.',
    unset: 'the file `secret.key` in the data folder, made at the first start',
    example: 'x5Yt0Zk2mVQ8o1nB7uE4rC6wH9sJ3aLfPdGiTqKyWlM=',
  }),
}

const firstStart = {
  adminEmail: text('DOORLIST_ADMIN_EMAIL', {
    description: 'Email address of the first owner. Used at the first start only, while there is no owner.',
    unset: 'a setup link is printed, valid once, for 24 hours',
    example: 'ada@example.com',
    needs: 'DOORLIST_ADMIN_PASSWORD',
    ...EMAIL,
  }),
  adminPassword: secret('DOORLIST_ADMIN_PASSWORD', 15, {
    description: 'Password of the first owner.',
    most: 128,
    unset: 'a setup link is printed',
    example: 'a long passphrase of your own',
    needs: 'DOORLIST_ADMIN_EMAIL',
  }),
}

const nodes = {
  role: choice('DOORLIST_ROLE', {
    description:
      'What this process serves. `all`: everything. `gateway`: everything but the portal and its API. `portal`: everything but SCIM and `/oauth/token`. It may be left out, but not be empty.',
    choices: ['all', 'gateway', 'portal'],
    default: 'all',
    // An empty role, as a template leaves it, must not open the doors that a part alone would keep shut.
    refuseEmpty: true,
    example: 'gateway',
  }),
  name: text('DOORLIST_NAME', {
    description: 'Name of this process on the page *App Gateways* and in the System Log.',
    unset: 'the name of the machine and four characters that identify the process on it',
    example: 'tokyo-1',
    allowed: '1 to 63 letters, digits, dots, dashes and underscores',
    isAllowed: (value) => /^[\w.-]{1,63}$/.test(value),
  }),
}

const provisioning = {
  scimRate: integer('DOORLIST_SCIM_RATE', {
    description:
      'SCIM requests a second for each identity provider, in each process, with a burst of 1,000. Beyond it the answer is 429 with `Retry-After`.',
    example: '50',
    // Entra ID and the IPSIE profile ask for 25 requests a second at least.
    min: 25,
    max: 1_000_000,
    default: 200,
    zero: 'unlimited',
  }),
  tokenMinutes: integer('DOORLIST_TOKEN_MINUTES', {
    description: 'Lifetime of an access token from `/oauth/token`, in minutes.',
    example: '120',
    min: 60,
    max: 360,
    default: 60,
  }),
  requestLogDays: integer('DOORLIST_REQUEST_LOG_DAYS', {
    description:
      'Days for which single SCIM requests are kept for the page *Provisioning*. With `0` they are only counted.',
    example: '30',
    min: 0,
    max: 90,
    default: 7,
  }),
  deletedUserDays: integer('DOORLIST_DELETED_USER_DAYS', {
    description:
      'Days for which an administrator can restore a user whom the identity provider deleted. With `0` such users are removed at the next daily cleanup.',
    example: '90',
    min: 0,
    max: 365,
    default: 30,
  }),
}

const outgoing = {
  smtpUrl: url('DOORLIST_SMTP_URL', ['smtp', 'smtps'], {
    description: 'SMTP server for invitations, password links and sign-in codes.',
    unset: 'no email: links are shown for you to hand over, and codes by email are not offered',
    example: 'smtp://user:password@mail.example.com:587',
    secret: true,
  }),
  mailFrom: text('DOORLIST_MAIL_FROM', {
    description: 'Address that email comes from.',
    unset: '`doorlist@` and the host of the public URL',
    example: 'doorlist@example.com',
    ...EMAIL,
  }),
  smsUrl: url('DOORLIST_SMS_WEBHOOK_URL', ['https', 'http'], {
    description:
      'Webhook of yours that sends text messages. It gets `POST` requests with the JSON body `{"to", "text"}`.',
    unset: 'codes by text message are not offered',
    example: 'https://sms.example.com/send',
    secret: true,
    needs: 'DOORLIST_SMS_WEBHOOK_SECRET',
  }),
  smsSecret: secret('DOORLIST_SMS_WEBHOOK_SECRET', 16, {
    description:
      'Signs each request to the SMS webhook: `Doorlist-Signature: t=SECONDS,v1=HEX`, where `HEX` is the HMAC-SHA256 of `SECONDS.BODY`.',
    unset: 'codes by text message are not offered',
    example: 'at-least-16-characters',
    needs: 'DOORLIST_SMS_WEBHOOK_URL',
  }),
  allowPrivateNetworks: networks('DOORLIST_ALLOW_PRIVATE_NETWORKS', {
    description:
      'Private networks that outgoing requests (SAML metadata, OIDC discovery and keys, SMS webhook) may reach, also without TLS. Administrators enter these addresses, so allow only networks that all of them may reach.',
    unset: 'public addresses only',
    example: '10.1.0.0/16, fd00::/8',
  }),
  dnsServers: servers('DOORLIST_DNS_SERVERS', {
    description: 'Name servers that are asked when a tenant proves an email domain.',
    unset: 'the name servers of this machine',
    example: '192.0.2.1, [2001:db8::1]:53',
  }),
}

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const

const monitoring = {
  logLevel: choice('DOORLIST_LOG_LEVEL', {
    description: 'Least severe messages that are logged, as JSON lines on standard output.',
    choices: LOG_LEVELS,
    default: 'info',
    example: 'warn',
  }),
  metricsToken: secret('DOORLIST_METRICS_TOKEN', 16, {
    description: 'Bearer token required for `GET /metrics` (Prometheus).',
    unset: '`/metrics` is disabled',
    example: 'at-least-16-characters',
  }),
}

const settingsFile = {
  configFile: text('DOORLIST_CONFIG', {
    description:
      'File with settings, one `NAME=value` a line. `#` starts a comment. The environment wins over the file. Only the environment can set this one.',
    unset: 'no file is read',
    example: '/etc/doorlist/doorlist.env',
    allowed: 'the path of a file that can be read',
  }),
}

/** Every setting, in the order of docs/settings.md. */
export const SETTING_GROUPS: readonly (readonly [
  title: string,
  settings: Readonly<Record<string, Setting<unknown>>>,
])[] = [
  ['Address, TLS and proxies', listening],
  ['Data and database', storage],
  ['First start', firstStart],
  ['Processes', nodes],
  ['Provisioning', provisioning],
  ['Email, text messages and outgoing requests', outgoing],
  ['Logs and metrics', monitoring],
  ['Settings file', settingsFile],
]

const SETTINGS = {
  ...listening,
  ...storage,
  ...firstStart,
  ...nodes,
  ...provisioning,
  ...outgoing,
  ...monitoring,
  ...settingsFile,
}

type Values = { readonly [Key in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Key]['convert']> }
type Paired = 'tlsCert' | 'tlsKey' | 'adminEmail' | 'adminPassword' | 'smsUrl' | 'smsSecret'

export interface Config extends Omit<Values, Paired> {
  readonly firstAdmin: { readonly email: string; readonly password: string } | undefined
  readonly smsWebhook: { readonly url: string; readonly secret: string } | undefined
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined
}

/** @throws {SettingsError} naming every mistake */
export function readConfig(environment: Variables): Config {
  const variables = withFile(environment)
  const reader = settingsReader(variables)
  const entries = Object.entries(SETTINGS).map(([key, setting]) => [key, reader.read<unknown>(setting)])
  reader.done()
  const { tlsCert, tlsKey, adminEmail, adminPassword, smsUrl, smsSecret, ...config } = Object.fromEntries(
    entries,
  ) as Values
  return {
    ...config,
    databaseUrl: config.databaseUrl && withTlsVariables(config.databaseUrl, variables),
    migrationDatabaseUrl:
      config.migrationDatabaseUrl && withTlsVariables(config.migrationDatabaseUrl, variables),
    firstAdmin: adminEmail && adminPassword ? { email: adminEmail, password: adminPassword } : undefined,
    smsWebhook: smsUrl && smsSecret ? { url: smsUrl, secret: smsSecret } : undefined,
    tls: tlsCert && tlsKey ? { certFile: tlsCert, keyFile: tlsKey } : undefined,
  }
}

function withFile(environment: Variables): Variables {
  const file = environment.DOORLIST_CONFIG?.trim()
  if (!file) return environment
  const settings = readSettingsFile(file)
  const set = Object.entries(environment).filter(([, value]) => value?.trim())
  return { ...environment, ...settings, ...Object.fromEntries(set) }
}

function readSettingsFile(file: string): Record<string, string> {
  let content: string
  try {
    content = readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new SettingsError([
      `DOORLIST_CONFIG is ${JSON.stringify(file)}: must be a file that can be read (${code})`,
    ])
  }
  return parseSettingsFile(content)
}

/** Returns the URL at which a process listens; others reach it there unless DOORLIST_PUBLIC_URL says otherwise. */
export function listenUrl({ host, tls }: Pick<Config, 'host' | 'tls'>, port: number): string {
  const url = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
  return readOrigin(url) ?? url
}
