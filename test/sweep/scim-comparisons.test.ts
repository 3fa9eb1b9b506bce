// Every attribute that can be filtered or sorted by, compared with everything that a database could choke on: dates that are
// none, numbers that fit nowhere, text of every kind. Each question is answered, or refused as SCIM refuses.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, openHouse, type ProvidedIdp } from '../harness.ts'
import { formatFaults } from '../http/door-format.ts'
import { openWire, type Wire } from '../wire.ts'
import { fullUser } from './scim.ts'

const URN = 'urn:example:params:scim:schemas:extension:sweep:2.0:User'

let house: House
let idp: ProvidedIdp
let wire: Wire
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  const owner = await house.administrator(idp.tenantId)
  for (const type of ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'reference', 'binary']) {
    const attribute = { name: `${URN}:a-${type}`, resourceType: 'User', type }
    const made = await owner.post(`/identity-providers/${idp.id}/custom-attributes`, attribute)
    if (made.status !== 201) throw new Error(made.text)
  }
  // Stored before the schema said what they are, or as no more than text: so what is compared is anything, too.
  for (const [index, value] of STORED.entries()) {
    const answer = await idp.post('/Users', { ...fullUser(`user ${index}`), schemas: [], [URN]: value })
    if (answer.status !== 201) throw new Error(answer.text)
  }
  await idp.post('/Groups', { displayName: 'Group' })
  wire = openWire(house.url)
})
afterAll(async () => {
  wire?.close()
  await house?.close()
})

const STORED = [
  {},
  { 'a-decimal': 1e308, 'a-integer': 9_007_199_254_740_991, 'a-dateTime': '0000-01-01T00:00:00Z' },
  { 'a-decimal': -1e-308, 'a-integer': -1, 'a-dateTime': '9999-12-31T23:59:59-14:00', 'a-boolean': true },
  { 'a-string': '\u0001\ufffe', 'a-dateTime': '2023-02-29T24:00:60Z' },
]

const LITERALS = [
  '"0000-01-01T00:00:00Z"',
  '"9999-12-31T23:59:59-14:00"',
  '"2026-02-30T25:61:61Z"',
  '"\\u0001\\ufffe"',
  `"${'\u00e9'.repeat(2_000)}"`,
  '1e308',
  '12345678901234567890',
  '-0.5',
  'true',
  'null',
]

interface Attribute {
  readonly name: string
  readonly subAttributes?: readonly Attribute[]
}

/** Names of all attributes, as they are written in a filter. */
async function namesOf(type: 'User' | 'Group'): Promise<string[]> {
  const { Resources } = (await idp.get('/Schemas')).json
  const own = Resources.filter(({ id }: { id: string }) => id.endsWith(`:${type}`))
  const common = [
    'id',
    'externalId',
    'schemas',
    'meta.created',
    'meta.lastModified',
    'meta.version',
    'meta.location',
  ]
  return [
    ...common,
    'meta.resourceType',
    ...own.flatMap(({ id, attributes }: { id: string; attributes: Attribute[] }) =>
      attributes.flatMap(({ name, subAttributes = [] }) =>
        [name, ...subAttributes.map((sub) => `${name}.${sub.name}`)].map((each) =>
          id.includes(':core:') ? each : `${id}:${each}`,
        ),
      ),
    ),
  ]
}

async function faultsOf(path: string): Promise<{ status: number; text: string; faults: string[] }> {
  const answer = await wire.send({
    method: 'GET',
    target: `/scim/v2/${idp.id}${path}`,
    headers: [
      ['host', 'a'],
      ['authorization', `Bearer ${idp.token}`],
    ],
  })
  const { status, text } = answer
  if (status === 200) return { status, text, faults: [] }
  return {
    status,
    text,
    faults: status === 400 ? formatFaults(answer, 'scim') : [`${status}: ${text.slice(0, 300)}`],
  }
}

test.each([
  ['User', '/Users', 80],
  ['Group', '/Groups', 10],
] as const)(
  'every attribute of a %s is compared with anything',
  { timeout: 120_000 },
  async (type, path, least) => {
    const names = await namesOf(type)
    expect(names.length).toBeGreaterThan(least)
    const wrong: string[] = []
    let answered = 0
    for (const name of names)
      for (const operator of ['eq', 'gt', 'sw'])
        for (const literal of LITERALS) {
          const filter = `${name} ${operator} ${literal}`
          const { status, faults } = await faultsOf(`${path}?count=2&filter=${encodeURIComponent(filter)}`)
          if (status === 200) answered += 1
          wrong.push(...faults.map((fault) => `${filter.slice(0, 200)}: ${fault}`))
        }
    expect(wrong).toEqual([])
    expect(answered).toBeGreaterThan(names.length * 5)
  },
)

test.each([
  ['User', '/Users'],
  ['Group', '/Groups'],
] as const)(
  'every attribute of a %s is sorted by, page after page',
  { timeout: 60_000 },
  async (type, path) => {
    for (const name of await namesOf(type))
      for (const order of ['ascending', 'descending']) {
        let cursor: string | undefined = ''
        for (let page = 0; cursor !== undefined && page < STORED.length + 1; page++) {
          const query = new URLSearchParams({ sortBy: name, sortOrder: order, cursor, count: '1' })
          const { status, text, faults } = await faultsOf(`${path}?${query}`)
          expect([name, faults]).toEqual([name, []])
          cursor = status === 200 ? JSON.parse(text).nextCursor : undefined
        }
      }
  },
)
