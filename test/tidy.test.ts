// Promises that hold the house together and that a machine can check.
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { AUDIT_OBJECT_TYPES } from '#audit/vocabulary.ts'

const root = path.resolve(import.meta.dirname, '..')
const files = readdirSync(path.join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => ({ file, text: readFileSync(path.join(root, 'src', file), 'utf8') }))
const code = files.filter(({ file }) => !file.endsWith('.test.ts'))

/** Rooms from the top of the house to its ground; who stands lower never calls up. */
const ROOMS: Record<string, number> = {
  'main.ts': 10,
  cli: 10,
  service: 9,
  'welcome.ts': 9,
  'config.ts': 8,
  'config.test.ts': 9,
  http: 7,
  access: 6.8,
  'sign-in': 6.4,
  directory: 6,
  'identity-providers': 5,
  'request-log': 4,
  jobs: 4,
  administrators: 4.4,
  tenancy: 4,
  throttle: 3.7,
  factors: 3.5,
  audit: 3,
  gateways: 3,
  logs: 2,
  protocol: 1,
  platform: 1,
  'errors.ts': 0,
}

function roomOf(file: string): string {
  return file.split('/')[0] ?? ''
}

function importsOf(file: string, text: string): string[] {
  return [...text.matchAll(/(?:from|import\()\s*'([^']+)'/g)].map(([, target = '']) => {
    if (target.startsWith('#')) return target.slice(1)
    return target.startsWith('.') ? path.join(path.dirname(file), target) : `npm:${target}`
  })
}

test('every file lies in a room of the house', () => {
  expect(files.filter(({ file }) => ROOMS[roomOf(file)] === undefined).map(({ file }) => file)).toEqual([])
})

test('imports point down or stay in their room', () => {
  const upward = code.flatMap(({ file, text }) => {
    const from = roomOf(file)
    return importsOf(file, text)
      .filter((target) => !target.startsWith('npm:') && !target.startsWith('simulator/'))
      .filter((target) => roomOf(target) !== from && (ROOMS[roomOf(target)] ?? 99) >= (ROOMS[from] ?? 0))
      .map((target) => `${file} → ${target}`)
  })
  // The command line starts the service.
  expect(upward.filter((line) => !/^cli\/\S+ → main\.ts$/.test(line))).toEqual([])
})

test('one file of every folder opens with what the folder owns, who calls it and where to start reading', () => {
  const counts = foldersWithCode().map(({ folder, files: inFolder }) => ({
    folder,
    entrances: inFolder.filter(isEntrance).length,
  }))
  expect(counts.length).toBeGreaterThan(50)
  expect(counts.filter(({ entrances }) => entrances !== 1)).toEqual([])
})

function foldersWithCode(): { folder: string; files: string[] }[] {
  const folders = new Map<string, string[]>()
  for (const base of ['src', 'simulator'])
    for (const file of readdirSync(path.join(root, base), { recursive: true, encoding: 'utf8' })) {
      const folder = path.join(base, path.dirname(file))
      if (!file.endsWith('.ts') || file.endsWith('.test.ts') || folder === 'src') continue
      folders.set(folder, [...(folders.get(folder) ?? []), path.join(base, file)])
    }
  return [...folders].map(([folder, inFolder]) => ({ folder, files: inFolder }))
}

/** Two lines of comment at the top of a file or more, which say where to start: "Start with routes.ts". */
function isEntrance(file: string): boolean {
  const lines = readFileSync(path.join(root, file), 'utf8').split('\n')
  const end = lines.findIndex((line) => !line.startsWith('//'))
  return end >= 2 && /\bStart (?:reading )?(?:with|at|in|here)\b/.test(lines.slice(0, end).join(' '))
}

test('the protocol core is pure: it imports only itself and reads no clock, chance, network or disk', () => {
  const core = code.filter(({ file }) => file.startsWith('protocol/'))
  expect(core.length).toBeGreaterThan(20)
  const impure = core.flatMap(({ file, text }) => [
    ...importsOf(file, text)
      .filter((target) => !target.startsWith('protocol/'))
      .map((target) => `${file} → ${target}`),
    ...[...text.matchAll(/\b(Date\.now|new Date\(\)|Math\.random|crypto\.|process\.|fetch\()/g)].map(
      (m) => `${file}: ${m[0]}`,
    ),
  ])
  expect(impure).toEqual([])
})

test('only the folder that owns a table writes it', () => {
  const owners = new Map<string, string>()
  for (const file of readdirSync(path.join(root, 'migrations'))) {
    const text = readFileSync(path.join(root, 'migrations', file), 'utf8')
    // The owner of a table is the one that was named last above it.
    let owner = ''
    for (const [, named, table] of text.matchAll(/^-- Owner: src\/([a-z-]+)|^create table (\w+)/gm)) {
      if (named !== undefined) owner = named
      if (table !== undefined) owners.set(table, owner)
    }
    expect(owner, `${file} names the owner of its tables`).not.toBe('')
  }
  const strangers = code.flatMap(({ file, text }) =>
    [...text.matchAll(/\b(?:insert into|update|delete from)\s+([a-z_]+)/g)]
      .map(([, table = '']) => ({ table, owner: owners.get(table) }))
      .filter(({ owner }) => owner !== undefined && owner !== roomOf(file))
      .map(({ table }) => `${file} writes ${table}`),
  )
  expect(owners.size).toBeGreaterThan(8)
  expect(strangers).toEqual([])
})

test('only the platform speaks to PostgreSQL, and only the configuration reads the environment', () => {
  const strangers = code.flatMap(({ file, text }) => [
    ...(importsOf(file, text).includes('npm:pg') && !file.startsWith('platform/')
      ? [`${file} imports pg`]
      : []),
    ...(/(?<!readConfig\()process\.env\b/.test(text) &&
    !['config.ts', 'cli/service/simulate.ts'].includes(file)
      ? [`${file} reads process.env`]
      : []),
  ])
  expect(strangers.filter((line) => !/^platform\/.* reads/.test(line))).toEqual([])
})

test('the list of kinds of objects in the audit log is the list of those that are recorded', () => {
  const recorded = code
    .filter(({ file }) => !file.startsWith('logs/')) // the other logs have their own kinds
    .flatMap(({ text }) => [...text.matchAll(/\bobjectType: '(\w+)'/g)].map(([, type = '']) => type))
  expect([...new Set(recorded)].sort()).toEqual([...AUDIT_OBJECT_TYPES].sort())
})

test('only one file writes the proof of an administrator’s session', () => {
  const writes = /insert into administrator_session|update administrator_session set [^`]*proven_at/
  expect(code.filter(({ text }) => writes.test(text)).map(({ file }) => file)).toEqual([
    'administrators/sign-in/proofs.ts',
  ])
})

test('a refusal over SCIM is raised by its code: only the catalogue makes the error', () => {
  const makers = code.filter(({ text }) => /new ScimError\(/.test(text)).map(({ file }) => file)
  expect(makers).toEqual(['protocol/scim/refusals/refusals.ts'])
})

test('work above tenants happens in few places, which are known', () => {
  const above = code.filter(({ text }) => /\bSYSTEM\b/.test(text)).map(({ file }) => file)
  expect(above.sort()).toEqual(SYSTEM_FILES)
})

const SYSTEM_FILES = [
  'access/purge-signing-keys.ts',
  'administrators/api-keys/api-key-use.ts',
  'administrators/api-keys/api-keys.ts',
  'administrators/housekeeping.ts',
  'administrators/setup-link.ts',
  'administrators/sign-in/password-reset.ts',
  'administrators/sign-in/password.ts',
  'audit/partitions.ts',
  'audit/seal.ts',
  'directory/groups/purge-revisions.ts',
  'directory/purge.ts',
  'directory/users/purge-deleted-users.ts',
  'factors/ceremonies.ts',
  'factors/passkeys.ts',
  'gateways/list.ts',
  'gateways/rows.ts',
  'identity-providers/credentials/look-up.ts',
  'identity-providers/domains/check-domains.ts',
  'identity-providers/last-seen.ts',
  'identity-providers/secrets.ts',
  'jobs/worker.ts',
  'logs/purge.ts',
  'logs/system.ts',
  'logs/writer.ts',
  'platform/database/connect/protection.ts',
  'platform/database/database.ts',
  'platform/database/scoped-query.ts',
  'request-log/capture/rows.ts',
  'request-log/hours.ts',
  'request-log/retention.ts',
  'sign-in/choices.ts',
  'sign-in/housekeeping.ts',
  'tenancy/tenants.ts',
  'throttle/guesses.ts',
  'throttle/housekeeping.ts',
  'throttle/known-browsers.ts',
]

const RFCS = new Set([
  '4226',
  '4180',
  '3339',
  '3986',
  '4648',
  '5321',
  '5892',
  '6238',
  '6454',
  '6749',
  '6750',
  '6797',
  '7232',
  '7468',
  '7515',
  '7517',
  '7518',
  '7519',
  '7521',
  '7523',
  '7613',
  '7617',
  '7638',
  '7642',
  '7643',
  '7644',
  '8141',
  '8176',
  '8264',
  '8265',
  '8037',
  '8414',
  '8725',
  '9110',
  '9112',
  '9457',
  '9562',
  '9865',
  '9967',
])

test('cited RFCs exist', () => {
  const cited = code.flatMap(({ file, text }) =>
    [...text.matchAll(/RFC (\d{4})/g)].map(([, number = '']) => ({ file, number })),
  )
  expect(cited.length).toBeGreaterThan(30)
  expect(cited.filter(({ number }) => !RFCS.has(number))).toEqual([])
})

test('no migration lacks its place in the order', () => {
  const numbers = readdirSync(path.join(root, 'migrations'))
    .map((file) => file.slice(0, 4))
    .sort()
  expect(numbers).toEqual(numbers.map((_, i) => String(i + 1).padStart(4, '0')))
})
