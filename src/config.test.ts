import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { listenUrl, readConfig } from './config.ts'
import { SettingsError } from './platform/environment.ts'

function mistakesOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof SettingsError) return error.mistakes
    throw error
  }
  return []
}

function settingsFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'doorlist-config-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'doorlist.env')
  writeFileSync(file, text)
  return file
}

test('an empty environment gives the defaults of the operator contract', () => {
  expect(readConfig({})).toEqual({
    host: '127.0.0.1',
    port: 8080,
    publicUrl: undefined,
    dataDir: resolve('data'),
    databaseUrl: undefined,
    migrationDatabaseUrl: undefined,
    secretKey: undefined,
    firstAdmin: undefined,
    role: 'all',
    logLevel: 'info',
    smtpUrl: undefined,
    smsWebhook: undefined,
    allowPrivateNetworks: [],
    dnsServers: [],
    tls: undefined,
    trustedProxies: [],
    scimRate: 200,
    tokenMinutes: 60,
    requestLogDays: 7,
    deletedUserDays: 30,
    metricsToken: undefined,
  })
})

test('each setting is read under its own name', () => {
  const config = readConfig({
    DOORLIST_HOST: '::',
    DOORLIST_PORT: '0',
    DOORLIST_PUBLIC_URL: 'https://doorlist.example.com/',
    DOORLIST_DATA_DIR: '/var/lib/doorlist',
    DATABASE_URL: 'postgresql://doorlist:secret@db/doorlist',
    DOORLIST_MIGRATION_DATABASE_URL: 'postgresql://owner:secret@db/doorlist',
    DOORLIST_SECRET_KEY: 'k'.repeat(32),
    DOORLIST_ADMIN_EMAIL: 'ada@example.com',
    DOORLIST_ADMIN_PASSWORD: 'difference engine',
    DOORLIST_ROLE: 'gateway',
    DOORLIST_LOG_LEVEL: 'warn',
    DOORLIST_SMTP_URL: 'smtps://mail.example.com:465',
    DOORLIST_ALLOW_PRIVATE_NETWORKS: '10.0.0.0/8, fd00::/8',
    DOORLIST_DNS_SERVERS: '192.0.2.1, 192.0.2.2:5353, [2001:db8::1]:53, 2001:db8::2',
    DOORLIST_TLS_CERT: 'cert.pem',
    DOORLIST_TLS_KEY: 'key.pem',
    DOORLIST_TRUSTED_PROXIES: '127.0.0.1',
    DOORLIST_SCIM_RATE: '0',
    DOORLIST_TOKEN_MINUTES: '360',
    DOORLIST_REQUEST_LOG_DAYS: '30',
    DOORLIST_DELETED_USER_DAYS: '90',
    DOORLIST_METRICS_TOKEN: 'm'.repeat(16),
    DOORLIST_SMS_WEBHOOK_URL: 'https://sms.example.com/send',
    DOORLIST_SMS_WEBHOOK_SECRET: 's'.repeat(16),
  })
  expect(config).toEqual({
    host: '::',
    port: 0,
    publicUrl: 'https://doorlist.example.com',
    dataDir: '/var/lib/doorlist',
    databaseUrl: 'postgresql://doorlist:secret@db/doorlist',
    migrationDatabaseUrl: 'postgresql://owner:secret@db/doorlist',
    secretKey: 'k'.repeat(32),
    firstAdmin: { email: 'ada@example.com', password: 'difference engine' },
    role: 'gateway',
    logLevel: 'warn',
    smtpUrl: 'smtps://mail.example.com:465',
    smsWebhook: { url: 'https://sms.example.com/send', secret: 's'.repeat(16) },
    allowPrivateNetworks: ['10.0.0.0/8', 'fd00::/8'],
    dnsServers: ['192.0.2.1', '192.0.2.2:5353', '[2001:db8::1]:53', '2001:db8::2'],
    tls: { certFile: 'cert.pem', keyFile: 'key.pem' },
    trustedProxies: ['127.0.0.1'],
    scimRate: 0,
    tokenMinutes: 360,
    requestLogDays: 30,
    deletedUserDays: 90,
    metricsToken: 'm'.repeat(16),
  })
})

test('an error names every mistake with its setting, its value and the rule', () => {
  const mistakes = mistakesOf({
    DOORLIST_PORT: '80a',
    DOORLIST_ROLE: 'everything',
    DOORLIST_TOKEN_MINUTES: '30',
    DOORLIST_TRUSTED_PROXIES: '10.0.0.0/8,proxy',
    DOORLIST_TLS_CERT: 'cert.pem',
  })
  expect(mistakes).toEqual([
    'DOORLIST_PORT is "80a": must be a whole number from 0 to 65535',
    'DOORLIST_TLS_KEY is not set: must be set together with DOORLIST_TLS_CERT',
    'DOORLIST_TRUSTED_PROXIES is "proxy": must be addresses or networks such as 10.0.0.0/8, separated by commas',
    'DOORLIST_ROLE is "everything": must be one of all, gateway, portal',
    'DOORLIST_TOKEN_MINUTES is "30": must be a whole number from 60 to 360',
  ])
})

test.each([
  ['DOORLIST_PORT', '65536'],
  ['DOORLIST_PORT', '-1'],
  ['DOORLIST_PORT', '1e3'],
  ['DOORLIST_TOKEN_MINUTES', '361'],
  ['DOORLIST_SCIM_RATE', '2.5'],
  ['DOORLIST_SCIM_RATE', '24'],
  ['DOORLIST_PUBLIC_URL', 'doorlist.example.com'],
  ['DOORLIST_PUBLIC_URL', 'https://example.com/doorlist'],
  ['DOORLIST_PUBLIC_URL', 'https://user@example.com'],
  ['DOORLIST_PUBLIC_URL', 'https://example.com/?x=1'],
  ['DOORLIST_PUBLIC_URL', 'ftp://example.com'],
  ['DOORLIST_LOG_LEVEL', 'loud'],
  ['DOORLIST_ALLOW_PRIVATE_NETWORKS', '10.0.0.0/33'],
  ['DOORLIST_ALLOW_PRIVATE_NETWORKS', '10.0.0.0/8/8'],
  ['DOORLIST_DNS_SERVERS', 'ns.example.com'],
  ['DOORLIST_DNS_SERVERS', '192.0.2.1:0'],
  ['DOORLIST_DNS_SERVERS', '192.0.2.1:99999'],
  ['DATABASE_URL', 'mysql://db/doorlist'],
  ['DOORLIST_SMTP_URL', 'mail.example.com'],
])('%s refuses %s', (name, value) => {
  const mistakes = mistakesOf({ [name]: value })
  expect(mistakes).toHaveLength(1)
  expect(mistakes[0]).toMatch(new RegExp(`^${name} .*must be `))
})

test.each([
  ['HTTPS://Doorlist.Example.COM/', 'https://doorlist.example.com'],
  ['https://doorlist.example.com:443', 'https://doorlist.example.com'],
  ['http://doorlist.example.com:80/', 'http://doorlist.example.com'],
  ['https://doorlist.example.com:8443', 'https://doorlist.example.com:8443'],
])('the public URL %s is spelled %s', (given, spelled) => {
  expect(readConfig({ DOORLIST_PUBLIC_URL: given }).publicUrl).toBe(spelled)
})

test('the address of the process itself is spelled as browsers do', () => {
  const config = readConfig({ DOORLIST_HOST: 'LocalHost' })
  expect(listenUrl(config, 80)).toBe('http://localhost')
  expect(listenUrl({ ...config, host: '::' }, 8080)).toBe('http://[::]:8080')
})

test('the value of a secret is never repeated', () => {
  const secrets = {
    DATABASE_URL: 'hunter2@db',
    DOORLIST_SECRET_KEY: 'hunter2',
    DOORLIST_ADMIN_PASSWORD: 'hunter2',
    DOORLIST_SMTP_URL: 'hunter2',
    DOORLIST_METRICS_TOKEN: 'hunter2',
    DOORLIST_SMS_WEBHOOK_URL: 'hunter2',
    DOORLIST_SMS_WEBHOOK_SECRET: 'hunter2',
  }
  const mistakes = mistakesOf({ ...secrets, DOORLIST_ADMIN_EMAIL: 'ada@example.com' })
  expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual(
    expect.arrayContaining(Object.keys(secrets)),
  )
  expect(mistakes.join()).not.toContain('hunter2')
})

test('an empty role starts nothing: it must not open what a part alone would keep shut', () => {
  expect(mistakesOf({ DOORLIST_ROLE: '' })).toEqual([
    'DOORLIST_ROLE is empty: must have a value, or be left out',
  ])
  expect(
    mistakesOf({ DOORLIST_ROLE: '  ', DOORLIST_CONFIG: settingsFile('DOORLIST_PORT=1\n') }),
  ).toHaveLength(1)
  const file = settingsFile('DOORLIST_ROLE=gateway\n')
  expect(readConfig({ DOORLIST_ROLE: '', DOORLIST_CONFIG: file }).role).toBe('gateway')
})

test('empty lists and tokens open nothing', () => {
  const names = ['TRUSTED_PROXIES', 'ALLOW_PRIVATE_NETWORKS', 'SCIM_RATE', 'METRICS_TOKEN', 'DNS_SERVERS']
  for (const empty of ['', '  ', undefined]) {
    const config = readConfig(Object.fromEntries(names.map((name) => [`DOORLIST_${name}`, empty])))
    expect(config).toMatchObject({
      trustedProxies: [],
      allowPrivateNetworks: [],
      scimRate: 200,
      metricsToken: undefined,
    })
  }
})

test('an empty value counts as unset', () => {
  expect(readConfig({ DOORLIST_PORT: '', DATABASE_URL: ' ', DOORLIST_CONFIG: '' })).toEqual(readConfig({}))
})

test('a file gives what the environment leaves open', () => {
  const file = settingsFile(
    '# Doorlist\nDOORLIST_PORT=9000\nDOORLIST_HOST="0.0.0.0"\n\nDOORLIST_ROLE=portal # for now\n',
  )
  const config = readConfig({ DOORLIST_CONFIG: file, DOORLIST_PORT: '9001', DOORLIST_ROLE: '' })
  expect(config).toMatchObject({ port: 9001, host: '0.0.0.0', role: 'portal' })
})

test('a file that is missing is a mistake of DOORLIST_CONFIG', () => {
  expect(mistakesOf({ DOORLIST_CONFIG: '/nowhere/doorlist.env' })).toEqual([
    'DOORLIST_CONFIG is "/nowhere/doorlist.env": must be a file that can be read (ENOENT)',
  ])
})

test('a setting with white space around it is refused by its name, and not changed', () => {
  const names = ['DOORLIST_DATA_DIR', 'DOORLIST_ADMIN_PASSWORD', 'DOORLIST_SECRET_KEY', 'DOORLIST_HOST']
  for (const name of names)
    for (const value of [` ${'x'.repeat(40)}`, `${'x'.repeat(40)} `, `${'x'.repeat(40)}\n`])
      expect(mistakesOf({ DOORLIST_ADMIN_EMAIL: 'ada@example.com', [name]: value })).toContain(
        `${name} starts or ends with white space: remove it`,
      )
})

test('a password of the first owner that is too long is refused before anything is started', () => {
  const settings = { DOORLIST_ADMIN_EMAIL: 'ada@example.com', DOORLIST_ADMIN_PASSWORD: 'x'.repeat(140) }
  expect(mistakesOf(settings)).toEqual([
    'DOORLIST_ADMIN_PASSWORD (not shown): must be 15 to 128 characters long',
  ])
})
