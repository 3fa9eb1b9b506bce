// Every attribute that can be sorted by, against an order worked out from the answers themselves.
// @see RFC 7644 §3.4.2.3
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Attribute } from '#protocol/scim/schema/schema.ts'
import { type House, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { expectScimError, GROUP, patchOf, USER } from './refusal.ts'

const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'

// biome-ignore lint/suspicious/noExplicitAny: resources are walked by the names of the schema
type Resource = any

let house: House
let idp: ProvidedIdp
const resources: Record<'/Users' | '/Groups', Resource[]> = { '/Users': [], '/Groups': [] }
let attributes: Record<'/Users' | '/Groups', { name: string; leaf: Attribute }[]>

beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  const schemas: Resource[] = (await idp.get('/Schemas')).json.Resources
  const core = (urn: string) => schemas.find(({ id }) => id === urn).attributes
  const users = [...namesOf(core(USER)), ...namesOf(core(ENTERPRISE), `${ENTERPRISE}:`), ...COMMON]
  attributes = { '/Users': users, '/Groups': [...namesOf(core(GROUP)), ...COMMON] }
  for (let seed = 0; seed < 12; seed++) await idp.post('/Users', userOf(core(USER), core(ENTERPRISE), seed))
  const ids: string[] = (await idp.get('/Users')).json.Resources.map(({ id }: Resource) => id)
  for (const [index, displayName] of ['delta', 'Alpha', 'charlie', 'BRAVO', 'écho'].entries()) {
    const members = index === 3 ? [] : ids.slice(index * 2, index * 2 + 3).map((value) => ({ value }))
    await idp.post('/Groups', {
      schemas: [GROUP],
      displayName,
      members,
      externalId: index % 2 ? displayName : null,
    })
  }
  // So that the order of creation is not that of the last change.
  await idp.patch(`/Users/${ids[2]}`, patchOf({ op: 'replace', path: 'nickName', value: 'moved' }))
  resources['/Users'] = (await idp.get('/Users')).json.Resources
  resources['/Groups'] = (await idp.get('/Groups')).json.Resources
})

afterAll(() => house?.close())

const exact = (name: string): { name: string; leaf: Attribute } => ({
  name,
  leaf: { ...STRING, name, caseExact: true },
})
const STRING: Attribute = {
  name: '',
  type: 'string',
  multiValued: false,
  description: '',
  required: false,
  mutability: 'readOnly',
  returned: 'default',
}
const COMMON = [
  exact('id'),
  exact('externalId'),
  exact('schemas'),
  exact('meta.resourceType'),
  exact('meta.created'),
  exact('meta.lastModified'),
  exact('meta.location'),
]

/** What can be named in sortBy: simple attributes, and the sub-attributes of complex ones. */
function namesOf(list: readonly Attribute[], prefix = ''): { name: string; leaf: Attribute }[] {
  return list
    .filter(({ returned }) => returned !== 'never')
    .flatMap((attribute) => {
      const name = `${prefix}${attribute.name}`
      if (attribute.type !== 'complex') return [{ name, leaf: attribute }]
      return (attribute.subAttributes ?? []).map((leaf) => ({ name: `${name}.${leaf.name}`, leaf }))
    })
}

const WORDS = ['delta', 'Alpha', 'alpha', 'BRAVO', 'charlie', 'Ärger', 'zulu']

/** Values of many kinds, by turns: absent, equal but for their case, several with and without a primary one. */
function userOf(core: Attribute[], enterprise: Attribute[], seed: number): Resource {
  const wordFor = ({ type }: Attribute, salt: number) => {
    if (type === 'boolean') return (seed + salt) % 2 === 0
    const word = WORDS[(seed * 5 + salt) % 7] ?? ''
    return type === 'binary' ? Buffer.from(word).toString('base64') : word
  }
  const objectOf = (list: readonly Attribute[], salt: number): Resource =>
    Object.fromEntries(
      list
        .filter(({ name }, index) => name !== '$ref' && name !== 'primary' && (seed + index + salt) % 4 !== 0)
        .map((attribute, index) => [attribute.name, wordFor(attribute, salt + index)]),
    )
  const all = (list: readonly Attribute[]): Resource =>
    Object.fromEntries(
      list
        .filter(
          ({ mutability, name }, index) =>
            mutability !== 'readOnly' && name !== 'password' && (seed + index) % 5 !== 0,
        )
        .map(({ name, multiValued, type, subAttributes = [], ...rest }, index) => {
          if (type !== 'complex') return [name, wordFor({ name, multiValued, type, ...rest }, index)]
          if (!multiValued) return [name, objectOf(subAttributes, index)]
          const elements = [
            objectOf(subAttributes, index),
            { ...objectOf(subAttributes, index + 1), primary: seed % 2 === 0 },
          ]
          return [name, seed % 3 === 0 ? elements.slice(0, 1) : elements]
        }),
    )
  const userName = `${WORDS[seed % 7]}${seed}`
  return {
    schemas: [USER, ENTERPRISE],
    ...all(core),
    userName,
    externalId: seed % 3 ? `X${12 - seed}` : null,
    [ENTERPRISE]: all(enterprise),
  }
}

/** The value that counts: of several, the primary one's or the first one's. */
function keyOf(resource: Resource, name: string, { type, caseExact }: Attribute): string | undefined {
  const extension = name.startsWith('urn:') ? name.slice(0, name.lastIndexOf(':')) : undefined
  const [attribute = '', sub] = name.slice(extension ? extension.length + 1 : 0).split('.')
  let node = (extension ? resource[extension] : resource)?.[attribute]
  if (attribute === 'members')
    node = node?.toSorted((a: Resource, b: Resource) => (a.value < b.value ? -1 : 1))
  if (name === 'members.display') node = node?.map(shownAs)
  if (Array.isArray(node)) node = node.find(({ primary }) => primary === true) ?? node[0]
  const value = sub === undefined ? node : node?.[sub]
  if (value === undefined) return undefined
  return type === 'string' && !caseExact ? String(value).normalize('NFKC').toLowerCase() : String(value)
}

/** Groups do not show it, but it can be asked for. */
function shownAs({ value }: Resource): Resource {
  const user = resources['/Users'].find(({ id }) => id === value)
  return { display: user.displayName ?? user.userName }
}

function compare(a: string | undefined, b: string | undefined): number {
  if (a === b) return 0
  if (a === undefined || b === undefined) return a === undefined ? 1 : -1
  return a < b ? -1 : 1
}

describe.each(['/Users', '/Groups'] as const)('%s', (endpoint) => {
  test('are sorted by every attribute, in both directions, absent values last or first', async () => {
    const all = resources[endpoint]
    let telling = 0
    for (const { name, leaf } of attributes[endpoint]) {
      const wanted = all.toSorted(
        (a, b) => compare(keyOf(a, name, leaf), keyOf(b, name, leaf)) || compare(a.id, b.id),
      )
      if (new Set(all.map((each) => keyOf(each, name, leaf))).size > 2) telling += 1
      for (const sortOrder of ['ascending', 'descending']) {
        const { json } = await idp.get(`${endpoint}?sortBy=${name}&sortOrder=${sortOrder}`)
        const ids = json.Resources?.map(({ id }: Resource) => id)
        const expected = (sortOrder === 'ascending' ? wanted : wanted.toReversed()).map(({ id }) => id)
        expect(ids, `${name} ${sortOrder}`).toEqual(expected)
      }
    }
    expect(telling).toBeGreaterThan(endpoint === '/Users' ? 40 : 5)
  })

  test('are sorted the same over pages', async () => {
    for (const sortBy of ['displayName', 'externalId', 'meta.lastModified', 'meta.location']) {
      const whole = (await idp.get(`${endpoint}?sortBy=${sortBy}`)).json.Resources
      const paged: Resource[] = []
      for (let startIndex = 1; startIndex <= whole.length; startIndex += 2) {
        paged.push(
          ...(await idp.get(`${endpoint}?sortBy=${sortBy}&startIndex=${startIndex}&count=2`)).json.Resources,
        )
      }
      expect(paged).toEqual(whole)
    }
  })
})

test('names count without case, the value of a complex attribute stands for it, and ascending is the default', async () => {
  const ids = async (query: string) =>
    (await idp.get(`/Users?${query}`)).json.Resources.map(({ id }: Resource) => id)
  expect(await ids('sortby=EMAILS&SORTORDER=Descending')).toEqual(
    await ids('sortBy=emails.value&sortOrder=descending'),
  )
  expect(await ids(`sortBy=${USER}:userName`)).toEqual(await ids('sortBy=userName&sortOrder=ascending'))
  expect(await ids('sortOrder=descending')).toEqual(await ids(''))
})

test('who has no value of that attribute stands together with the like, in the order of creation', async () => {
  const { json } = await idp.get('/Users?sortBy=externalId')
  const without = json.Resources.slice(-4).map(({ externalId }: Resource) => externalId)
  expect(without).toEqual([undefined, undefined, undefined, undefined])
  const ids = json.Resources.slice(-4).map(({ id }: Resource) => id)
  expect(ids).toEqual(ids.toSorted())
})

test('users and groups together are sorted by what they share, and by what only one of them has', async () => {
  const everyone = [...resources['/Users'], ...resources['/Groups']]
  const names = [
    'displayName',
    'userName',
    'externalId',
    'meta.created',
    'meta.resourceType',
    'active',
    'members.value',
  ]
  for (const name of names) {
    const leaf = attributes['/Users'].find((each) => each.name === name)?.leaf ?? {
      ...STRING,
      caseExact: true,
    }
    const wanted = everyone.toSorted(
      (a, b) => compare(keyOf(a, name, leaf), keyOf(b, name, leaf)) || compare(a.id, b.id),
    )
    for (const sortOrder of ['ascending', 'descending']) {
      const { json } = await idp.post('/.search', { schemas: [SEARCH], sortBy: name, sortOrder })
      const expected = sortOrder === 'ascending' ? wanted : wanted.toReversed()
      expect(
        json.Resources?.map(({ id }: Resource) => id),
        name,
      ).toEqual(expected.map(({ id }) => id))
    }
  }
})

test('what cannot be sorted by is named', async () => {
  for (const sortBy of ['name', 'shoe', 'password', 'addresses']) {
    const response = await idp.get(`/Users?sortBy=${sortBy}`)
    expectScimError(response, { status: 400, scimType: 'invalidValue', says: [new RegExp(sortBy)] })
  }
})
