// What administrators see of refused sign-ins, and how they resolve them: by ending a link, or by another rule.
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { ProvidedIdp } from '../../harness.ts'
import type { ApiClient } from '../../portal-client.ts'
import { type IdentityHouse, openIdentityHouse } from './identity-house.ts'
import { KINDS, type Kind } from './kinds.ts'

const OIDC = KINDS.find(({ name }) => name === 'OIDC sub') as Kind
const SAML = KINDS.find(({ name }) => name === 'SAML email') as Kind
const PERSISTENT = KINDS.find(({ name }) => name === 'SAML persistent') as Kind

const MIA = { id: 'sub-mia', name: 'mia@a.example' }
const OTHER = { id: 'sub-other', name: 'mia@a.example' }

let at: IdentityHouse
let administrator: ApiClient
beforeAll(async () => {
  at = await openIdentityHouse()
})
afterAll(() => at?.close())
beforeEach(async () => {
  administrator = await at.house.administrator(at.tenantId)
})

async function provision(idp: ProvidedIdp, userName: string): Promise<string> {
  return (await idp.post('/Users', { userName })).json.id
}

async function identitiesOf(id: string) {
  return (await administrator.get(`/users/${id}/identities`)).json
}

function auditOf(id: string): Promise<{ actor: string; change: { before?: object; after?: object } }[]> {
  return at.house.db.run(
    { tenantId: at.tenantId },
    sql`select actor_type as actor, change::jsonb as change from audit_event
      where object_id = ${id} and tenant_id = ${at.tenantId} order by at, id`,
  )
}

async function refusals() {
  await at.house.activity.flush()
  const { items } = (await administrator.get('/activity-events?result=failure&limit=1')).json
  return (await administrator.get(`/activity-events/${items[0].id}`)).json
}

test('the first sign-in links the identifier, and the audit log says so', async () => {
  const idp = await at.connect(OIDC)
  const id = await provision(idp, MIA.name)
  expect(await identitiesOf(id)).toEqual({ items: [], conflicts: [] })
  await at.signIn(idp, OIDC, MIA)
  await at.signIn(idp, OIDC, MIA)
  const { items } = await identitiesOf(id)
  expect(items).toEqual([
    { issuer: expect.any(String), source: 'sub', identifier: MIA.id, linkedAt: expect.any(String) },
  ])
  const linked = (await auditOf(id)).filter(({ change }) => 'linkedIdentity' in (change.after ?? {}))
  expect(linked).toHaveLength(1)
})

test('a name that came to somebody else is a conflict: both logs and pages name it, and unlinking resolves it', async () => {
  const idp = await at.connect(OIDC)
  const id = await provision(idp, MIA.name)
  const first = await at.signIn(idp, OIDC, MIA)
  const refused = await at.signIn(idp, OIDC, OTHER)
  expect([refused.page.status, refused.reason]).toEqual([403, 'linked-to-another'])
  await at.signIn(idp, OIDC, OTHER)
  expect(await refusals()).toMatchObject({
    action: 'sign-in',
    actor: { id: null, name: MIA.name },
    reason: 'linked-to-another',
    change: { namedUserId: id, identifier: { source: 'sub', value: OTHER.id } },
  })
  const conflict = {
    reason: 'linked-to-another',
    source: 'sub',
    identifier: OTHER.id,
    name: MIA.name,
    namedUser: { id, userName: MIA.name },
    linkedUser: null,
    times: 2,
  }
  expect((await identitiesOf(id)).conflicts).toMatchObject([conflict])
  const { json } = await administrator.get(`/identity-providers/${idp.id}/identification`)
  expect(json).toMatchObject({
    linkedUsers: 1,
    sessions: 1,
    conflicts: [conflict],
    arrived: [{ kind: 'sub' }],
  })

  expect((await administrator.delete(`/users/${id}/identities`)).status).toBe(204)
  expect(await identitiesOf(id)).toEqual({ items: [], conflicts: [] })
  expect((await first.traveller.step('GET', `${at.house.url}/`)).status).toBe(303)
  const [event] = (await auditOf(id)).slice(-1)
  expect(event).toMatchObject({
    actor: 'administrator',
    change: {
      before: { linkedIdentity: { identifier: MIA.id } },
      after: { linkedIdentity: null, sessionsEnded: 1 },
    },
  })
  expect((await at.signIn(idp, OIDC, OTHER)).user).toBe(id)
  expect((await at.signIn(idp, OIDC, MIA)).reason).toBe('linked-to-another')
})

test('a name that another user has now is a conflict, until provisioning says the same', async () => {
  const idp = await at.connect(PERSISTENT)
  const [mia, ben] = [await provision(idp, MIA.name), await provision(idp, 'ben@a.example')]
  await at.signIn(idp, PERSISTENT, MIA)
  const asBen = { ...MIA, name: 'ben@a.example' }
  expect((await at.signIn(idp, PERSISTENT, asBen)).reason).toBe('names-another-user')
  const conflict = { reason: 'names-another-user', namedUser: { id: ben }, linkedUser: { id: mia } }
  for (const id of [mia, ben]) expect((await identitiesOf(id)).conflicts).toMatchObject([conflict])
  await idp.delete(`/Users/${ben}`)
  expect((await at.signIn(idp, PERSISTENT, asBen)).user).toBe(mia)
  expect((await identitiesOf(mia)).conflicts).toEqual([])
})

test('an administrator unlinks with a fresh proof only', async () => {
  const idp = await at.connect(OIDC)
  const id = await provision(idp, 'proof@a.example')
  await at.signIn(idp, OIDC, { id: 'sub-proof', name: 'proof@a.example' })
  await at.house.db.run(SYSTEM, sql`update administrator_session set proven_at = now() - interval '1 day'`)
  const refused = await administrator.delete(`/users/${id}/identities`)
  expect([refused.status, refused.json.code]).toEqual([403, 'step-up-required'])
  expect((await identitiesOf(id)).items).toHaveLength(1)
})

test('a user without a link, or of another tenant, is not found', async () => {
  const idp = await at.connect(SAML)
  const id = await provision(idp, 'unlinked@a.example')
  expect((await administrator.delete(`/users/${id}/identities`)).status).toBe(404)
  const stranger = await at.house.administrator(await at.house.tenant(`other-${Date.now()}`))
  for (const method of ['GET', 'DELETE'])
    expect((await stranger.request(method, `/users/${id}/identities`)).status).toBe(404)
  const path = `/identity-providers/${idp.id}/identification`
  expect((await stranger.get(path)).status).toBe(404)
})

test('unlinking ends a sign-in that is under way', async () => {
  const idp = await at.connect(OIDC, { mfa: 'mandatory' })
  const id = await provision(idp, 'slow@a.example')
  const link = sql`insert into user_identity (idp_id, issuer, source, identifier, tenant_id, user_id)
    select id, details->>'issuer', 'sub', 'sub-slow', tenant_id, ${id} from identity_provider where id = ${idp.id}`
  await at.house.db.run({ tenantId: at.tenantId }, link)
  const { traveller, page } = await at.signIn(idp, OIDC, { id: 'sub-slow', name: 'slow@a.example' })
  expect(page.text).toContain('authenticator app')
  await administrator.delete(`/users/${id}/identities`)
  expect((await traveller.get(`${at.house.url}/sign-in/next`)).status).toBe(401)
})

test('a rename by provisioning ends a sign-in that the old name began', async () => {
  const idp = await at.connect(SAML, { mfa: 'mandatory' })
  const id = await provision(idp, 'before@a.example')
  const { traveller, page } = await at.signIn(idp, SAML, { id: 'x', name: 'before@a.example' })
  expect(page.text).toContain('authenticator app')
  await idp.put(`/Users/${id}`, { userName: 'after@a.example' })
  expect((await traveller.get(`${at.house.url}/sign-in/next`)).status).toBe(401)
})

test('another issuer, identifier or rule ends links and sessions, and says how many links before', async () => {
  const idp = await at.connect(OIDC)
  const ids = [await provision(idp, 'one@a.example'), await provision(idp, 'two@a.example')]
  const sessions = []
  for (const name of ['one', 'two'])
    sessions.push(await at.signIn(idp, OIDC, { id: `sub-${name}`, name: `${name}@a.example` }))
  const path = `/identity-providers/${idp.id}`
  const changes = [{ stableIdentifier: 'oid' }, { matching: { source: 'alias', target: 'userName' } }]
  for (const change of changes) {
    const refused = await administrator.patch(path, change)
    expect([refused.status, refused.json.code, refused.json.detail]).toEqual([
      409,
      'ends-links',
      expect.stringContaining('the links of 2 users'),
    ])
  }
  expect((await administrator.patch(path, { name: `${idp.id} renamed` })).status).toBe(200)
  expect((await identitiesOf(ids[0] ?? '')).items).toHaveLength(1)
  const done = await administrator.patch(path, { stableIdentifier: 'oid', dropLinks: true })
  expect([done.status, done.json.stableIdentifier]).toEqual([200, 'oid'])
  const [event] = (await auditOf(idp.id)).slice(-1)
  expect(event?.change).toMatchObject({ after: { stableIdentifier: 'oid', linksEnded: 2 } })
  for (const { traveller } of sessions)
    expect((await traveller.step('GET', `${at.house.url}/`)).status).toBe(303)
  for (const id of ids) expect((await identitiesOf(id)).items).toEqual([])
  expect((await at.signIn(idp, OIDC, { id: 'sub-one', name: 'one@a.example' })).user).toBe(ids[0])
  expect((await identitiesOf(ids[0] ?? '')).items).toMatchObject([{ source: 'oid', identifier: 'sub-one' }])
})

test('an identifier that was declared stable decides, whatever else arrives', async () => {
  const declared = { ...SAML, matching: { source: 'uid', target: 'userName' } as const }
  const idp = await at.connect(declared, { stableIdentifier: 'oid' })
  const id = await provision(idp, MIA.name)
  expect((await at.signIn(idp, declared, MIA)).user).toBe(id)
  await idp.put(`/Users/${id}`, { userName: 'mia.new@a.example' })
  const successor = await provision(idp, MIA.name)
  expect((await at.signIn(idp, declared, { ...MIA, name: 'mia.new@a.example' })).user).toBe(id)
  expect((await at.signIn(idp, declared, OTHER)).user).toBe(successor)
  const { json } = await administrator.get(`/identity-providers/${idp.id}/identification`)
  expect(json).toMatchObject({ linkedUsers: 2, arrived: [{ kind: 'declared' }] })
})

test('without the identifier that was declared stable nobody signs in', async () => {
  const idp = await at.connect(SAML, { stableIdentifier: 'guid' })
  await provision(idp, MIA.name)
  const { user, reason } = await at.signIn(idp, SAML, MIA)
  expect([user, reason]).toEqual([undefined, 'identifier-missing'])
})

test.each([
  'email',
  'preferred_username',
  'NameID',
  'sub',
  'http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress',
  'urn:oid:0.9.2342.19200300.100.1.3',
])('%s cannot be declared stable', async (stableIdentifier) => {
  const idp = await at.connect(SAML)
  const refused = await administrator.patch(`/identity-providers/${idp.id}`, { stableIdentifier })
  expect([refused.status, refused.json.errors[0].field]).toEqual([422, 'stableIdentifier'])
})

test('somebody who cannot be created from what was sent is in the activity log', async () => {
  const idp = await at.connect(PERSISTENT, { enroll: 'self' })
  const { user, page } = await at.signIn(idp, PERSISTENT, { id: 'x', name: 'x'.repeat(3_000) })
  expect([user, page.status]).toEqual([undefined, 422])
  expect(await refusals()).toMatchObject({ action: 'sign-in', reason: expect.stringContaining('userName') })
})

test('a sign-in that completes while the rule changes leaves neither a link nor a session of the old rule', async () => {
  const idp = await at.connect(PERSISTENT)
  const people = ['one', 'two', 'three'].map((name) => ({ id: `id-${name}`, name: `${name}@a.example` }))
  for (const { name } of people) await provision(idp, name)
  for (let round = 0; round < 6; round++) {
    const matching = { source: round % 2 === 0 ? 'alias' : 'uid', target: 'userName' } as const
    const change = () => administrator.patch(`/identity-providers/${idp.id}`, { matching, dropLinks: true })
    let changed = 0
    const outcomes = await at.signInTogether(idp, PERSISTENT, people, async () => {
      changed = (await change()).status
    })
    expect(changed).toBe(200)
    for (const { page } of outcomes) expect([200, 303, 401]).toContain(page.status)
    for (const table of ['user_identity', 'user_session', 'user_attempt'])
      expect(
        ((await at.house.dump(table)) as { idp_id: string }[]).filter(({ idp_id }) => idp_id === idp.id),
      ).toEqual([])
  }
})

test('a session is known by sub or NameID, for logout by the identity provider, whatever identifies the user', async () => {
  const subjects: unknown[] = []
  for (const kind of [OIDC, { ...SAML, matching: { source: 'uid', target: 'userName' } as const }]) {
    const idp = await at.connect(kind, { stableIdentifier: 'alias' })
    await provision(idp, 'ends@a.example')
    await at.signIn(idp, kind, { id: 'the-sub', name: 'ends@a.example', alias: 'stays' })
    const rows = (await at.house.dump('user_session')) as { idp_id: string; subject: string }[]
    subjects.push(...rows.filter(({ idp_id }) => idp_id === idp.id).map(({ subject }) => subject))
  }
  expect(subjects).toEqual(['the-sub', 'ends@a.example'])
})
