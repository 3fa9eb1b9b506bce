// What an attack case finds when it begins: two tenants with an identity provider each, people, a group, credentials, and a
// listener outside. All of it is new for each case and comes in by the front door.
import { randomBytes, randomUUID } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Mail, Mailer } from '#platform/network/mail.ts'
import type { House, ProvidedIdp } from '../harness.ts'
import { jsonOf, raw } from '../raw-http.ts'
import type { AttackCase } from './case.ts'
import type { Variables } from './macros.ts'

export interface Scene {
  readonly origin: string
  readonly variables: Variables
  /** One variable that is a text. */
  text(name: string): string
  list(name: string): readonly string[]
  /** Requests that reached the outside listener since this scene began. */
  outOfBandHits(): number
  mailsTo(address: string): number
}

/** A listener that nobody should ever call, and a catcher of mails. */
export interface Outside {
  readonly url: string
  hits(): number
  /** What was mailed. */
  readonly mails: readonly Mail[]
  readonly mailer: Mailer
  close(): Promise<void>
}

export async function listenOutside(): Promise<Outside> {
  let hits = 0
  const server: Server = createServer((_request, response) => {
    hits += 1
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const mails: Mail[] = []
  return {
    url: `http://127.0.0.1:${port}`,
    hits: () => hits,
    mails,
    mailer: { send: async (mail) => void mails.push(mail), close: () => {} },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}

/** Makes ready what this case names. */
export async function prepareFirstStart(
  house: House,
  outside: Outside,
  attackCase: AttackCase,
): Promise<Scene> {
  const says = JSON.stringify(attackCase)
  const [a, b] = [await house.identityProvider({ name: 'a' }), await house.identityProvider({ name: 'b' })]
  const [userA1, userA2, userA3] = [await person(a, 'a1'), await person(a, 'a2'), await person(a, 'a3')]
  const userB1 = await person(b, 'b1')
  const groupA1 = await group(a, 'Group A1', [userA1.id, userA3.id])
  const groupAdminA = await group(a, 'Administrators', [userA3.id])
  const usersA20 = says.includes('usersA20') ? await people(a, 20) : []
  if (says.includes('tokA_revoked')) await house.retireCredential(a)
  if (says.includes('tokA_expired')) await house.expireCredential(a)
  const variables: Variables = new Map<string, string | readonly string[]>([
    ...bases(a, b),
    ...(await portal(house, a)),
    ['userA1', userA1.id],
    ['userNameA1', userA1.userName],
    ['userA2', userA2.id],
    ['userB1', userB1.id],
    ['userNameB1', userB1.userName],
    ['groupA1', groupA1],
    ['membersOfGroupA1', [userA1.id, userA3.id]],
    ['groupAdminA', groupAdminA],
    ['usersA20', usersA20],
    ['oob', outside.url],
  ])
  return scene(house.url, variables, outside)
}

function scene(origin: string, variables: Variables, outside: Outside): Scene {
  const before = outside.hits()
  const mailsBefore = outside.mails.length
  return {
    origin,
    variables,
    text: (name) => String(variables.get(name)),
    list: (name) => [variables.get(name) ?? []].flat(),
    outOfBandHits: () => outside.hits() - before,
    mailsTo: (address) => outside.mails.slice(mailsBefore).filter(({ to }) => to === address).length,
  }
}

function bases(a: ProvidedIdp, b: ProvidedIdp): [string, string][] {
  const path = (idp: ProvidedIdp) => new URL(idp.endpoint).pathname
  return [
    ['scimA', path(a)],
    ['scimB', path(b)],
    ['scimA_pct', path(a).replace('/s', '/%73')],
    ['scimRoot', path(a).replace(`/${a.id}`, '')],
    ['tokA', a.token],
    ['tokB', b.token],
    ['tokA_revoked', a.token],
    ['tokA_expired', a.token],
    ['tenantB', b.tenantId],
  ]
}

/** Administrators of the first tenant, signed in, and an API key of theirs: none of it opens the SCIM door. */
async function portal(house: House, { tenantId }: ProvidedIdp): Promise<[string, string][]> {
  const owner = await house.administrator(tenantId)
  const { json } = await owner.post('/api-keys', { name: 'attack', role: 'admin' })
  return [
    ['origin', house.url],
    ['cookieAdminA', owner.cookie],
    [
      'cookieA1',
      `__Host-doorlist=dlu_${tenantId.replaceAll('-', '')}_${randomBytes(32).toString('base64url')}`,
    ],
    ['cookieLocalAdminA', owner.cookie],
    ['portalApiTokA', json.key],
    ['localAdminEmailA', owner.email],
    ['p.me', '/api/v1/me'],
    ['p.adminUsers', '/api/v1/administrators'],
    ['p.forgotPassword', '/api/v1/password/forgotten'],
  ]
}

interface Person {
  readonly id: string
  readonly userName: string
}

async function person(idp: ProvidedIdp, name: string): Promise<Person> {
  const userName = `${name}-${randomUUID()}@${name.slice(0, 1)}.example`
  const id = await create(idp, 'Users', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    displayName: name,
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
  })
  return { id, userName }
}

async function people(idp: ProvidedIdp, count: number): Promise<string[]> {
  const made = await Promise.all(Array.from({ length: count }, (_, index) => person(idp, `a-of-20-${index}`)))
  return made.map(({ id }) => id)
}

function group(idp: ProvidedIdp, displayName: string, members: readonly string[]): Promise<string> {
  return create(idp, 'Groups', {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:Group'],
    displayName,
    members: members.map((value) => ({ value })),
  })
}

async function create(idp: ProvidedIdp, collection: string, resource: object): Promise<string> {
  const { origin, pathname } = new URL(idp.endpoint)
  const headers = { Authorization: `Bearer ${idp.token}`, 'Content-Type': 'application/scim+json' }
  const request = {
    method: 'POST',
    path: `${pathname}/${collection}`,
    headers,
    body: JSON.stringify(resource),
  }
  const response = await raw(origin, request)
  if (response.status !== 201)
    throw new Error(`cannot prepareFirstStart ${collection}: ${response.status} ${response.text}`)
  return (jsonOf(response) as { id: string }).id
}
