// A house in which every page of the portal has something to show: people and groups of a sync, failures, people who signed in
// and one who waits, an application, keys, links, jobs.
import { createApplication } from '#access/applications.ts'
import { createSetupLink } from '#administrators/setup-link.ts'
import { makeResetLink } from '#administrators/sign-in/password-reset.ts'
import { openPresence } from '#gateways/presence.ts'
import { ensureLocalIdentityProvider } from '#identity-providers/create.ts'
import { openSystemLog } from '#logs/system.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { findDialect } from '#simulator/dialects.ts'
import { simulate } from '#simulator/simulate.ts'
import type { ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { authenticatorApp, hidden, mailOf, openPeople, type People } from '../sign-in/people.ts'
import { LOGO } from './logo.ts'

export interface FullHouse {
  readonly people: People
  readonly owner: ApiClient
  /** What stands in the addresses of pages: `:provider` in their place. */
  readonly names: Readonly<Record<string, string>>
}

export async function openFullHouse(): Promise<FullHouse> {
  const people = await openPeople()
  const { house, tenantId } = people
  // The first tenant is the operator's, which the system log is for.
  await house.db.run(SYSTEM, sql`update tenant set slug = 'default' where id = ${tenantId}`)
  const owner = await house.administrator(tenantId, 'owner', {
    email: 'mika@harbour.example',
    name: 'Mika Aalto',
  })
  const entra = await house.identityProvider({ tenant: 'default', name: 'Entra ID' })
  await ensureLocalIdentityProvider(house.db, entra.operator)
  await sync(people, entra)
  const waiting = await signIns(people)
  const group = await groupOf(entra)
  const { id: application } = await createApplication(house.db, entra.operator, {
    name: 'Wiki',
    origin: 'https://wiki.harbour.example',
    grants: [{ type: 'Group', id: group }],
  })
  await prepareFirstStart(people, owner)
  return {
    people,
    owner,
    names: { provider: entra.id, group, application, ...waiting, ...(await links(people, owner)) },
  }
}

/** A first sync and a cycle after it, a failure, attributes that nobody declared, and a month of totals. */
async function sync({ house }: People, entra: ProvidedIdp): Promise<void> {
  const { endpoint, token, tenantId, id } = entra
  const dialect = findDialect('entra')
  if (!dialect) throw new Error('there is no such dialect')
  const domain = 'harbour.example'
  await simulate({ dialect, endpoint, credentials: { token }, users: 60, groups: 9, cycles: 2, domain })
  await entra.post('/Users', { userName: 'ada@harbour.example', displayName: 'Ada Lovelace', shoeSize: 37 })
  await entra.post('/Users', { userName: 'ADA@harbour.example', displayName: 'Ada King' })
  await house.db.run(
    { tenantId },
    sql`insert into scim_hour (writer, tenant_id, idp_id, hour, requests, look_ups, created, changed, deactivated, deleted, failed, unkept)
      select gen_random_uuid(), ${tenantId}, ${id}, date_trunc('hour', now()) - make_interval(days => n), 200 + n, 150, n % 7 * 3, n % 5 * 4,
        n % 3, 0, case when n % 9 = 0 then 6 else 0 end, 0 from generate_series(1, 29) n`,
  )
  await house.flushUnknown()
  await house.requestLog.flush()
}

/** One who came in with an authenticator app and waits, and a local user. */
async function signIns(people: People): Promise<Record<string, string>> {
  const settings = { mfa: 'mandatory', mfaMethods: ['totp'], activation: 'manual' } as const
  const idp = await people.connect({ ...settings, rememberDeviceDays: 7 })
  const user = await people.provision(idp, 'grace', { displayName: 'Grace Hopper', title: 'Rear Admiral' })
  const { at, page } = await people.signIn(idp, 'grace')
  const code = authenticatorApp(page, () => people.now).code()
  await people.post(at, '/sign-in/enroll', { method: 'totp', id: hidden(page, 'id'), remember: 'yes', code })
  await at.get(`${people.house.url}/sign-in/next`)
  await people.signIn(idp, 'nobody')
  await people.house.activity.flush()
  return { user, oidc: idp.id }
}

/** Any of them: what the sync renames or deletes depends on the order of its answers. */
async function groupOf(idp: ProvidedIdp): Promise<string> {
  const { json } = await idp.get(
    '/Groups?count=1&excludedAttributes=members&sortBy=displayName&sortOrder=descending',
  )
  return json.Resources[0].id
}

async function prepareFirstStart({ house, tenantId }: People, owner: ApiClient): Promise<void> {
  await house.administrator(tenantId, 'auditor', { email: 'noor@harbour.example', name: 'Noor Haddad' })
  await owner.post('/api-keys', { name: 'Nightly export', role: 'auditor' })
  await owner.post('/domains', { domain: 'harbour.example' })
  await owner.patch('/brand', { name: 'Harbour Logistics', logo: LOGO })
  const systemLog = openSystemLog(house.db, 'gw-1')
  const wish = { systemLog, beatMilliseconds: 1_000_000, lostMilliseconds: 1_000_000 }
  const gateway = { name: 'gw-1', version: '0.1.0', address: 'http://10.0.0.7:8080', role: 'all' }
  await openPresence(house.db, { gateway, ...wish })
  await (await openPresence(house.db, { gateway: { ...gateway, name: 'gw-2' }, ...wish })).stop()
  systemLog.record({ event: 'service-started', name: 'gw-1', detail: { version: '0.1.0' } })
  systemLog.record({ event: 'database-away', name: 'PostgreSQL' })
  await systemLog.close()
}

/** One-time links, a local user, and who is held. */
async function links({ house, tenantId }: People, owner: ApiClient): Promise<Record<string, string>> {
  const local = await owner.post('/users', {
    userName: 'contractor',
    email: mailOf('contractor'),
    displayName: 'Kai Brandt',
  })
  const invited = await owner.post('/invitations', { email: 'sam@harbour.example', role: 'admin' })
  const { json: team } = await owner.get('/administrators')
  const second = team.items.find(({ email }: { email: string }) => email === 'noor@harbour.example').id
  const first = team.items.find(({ email }: { email: string }) => email === owner.email)
  const auditContext = { tenantId, actor: { type: 'administrator', id: first.id, name: first.name } } as const
  const { token: reset } = await makeResetLink(house.db, auditContext, second)
  const setup = await createSetupLink(house.db, tenantId)
  const tokenOf = (url: string) => url.split('/').at(-1) ?? ''
  return { local: local.json.id, invitation: tokenOf(invited.json.link.url), reset, setup }
}
