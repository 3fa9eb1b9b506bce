// A secret that a provisioning client sends, wherever it puts it, is in no answer, no log and no table afterwards.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, type JsonResponse, openHouse, type ProvidedIdp } from '#test/harness.ts'
import { plantedSecrets } from '#test/planted-secrets.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest'
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const planted = plantedSecrets()
let house: House
const MODES = ['lenient', 'strict'] as const
type Mode = (typeof MODES)[number]
const idps = new Map<Mode, ProvidedIdp>()
const ids = new Map<ProvidedIdp, { user: string; group: string }>()

beforeAll(async () => {
  house = await openHouse(planted.wish)
  for (const mode of MODES) {
    const idp = await house.identityProvider({ mode })
    const { json: user } = await idp.post('/Users', { schemas: [USER], userName: 'ada' })
    const { json: group } = await idp.post('/Groups', { schemas: [GROUP], displayName: 'Crew' })
    ids.set(idp, { user: user.id, group: group.id })
    idps.set(mode, idp)
  }
})
afterAll(() => house?.close())

/** Conditions and paths in which a secret is compared, well-formed and not. */
const CONDITIONS: readonly ((secret: string) => string)[] = [
  (s) => `password eq "${s}"`,
  (s) => `PassWord sw "${s}"`,
  (s) => `password ne "${s}" and active eq true`,
  (s) => `userName eq "ada" and (password co "${s}")`,
  (s) => `not (password eq "${s}")`,
  (s) => `${USER}:password eq "${s}"`,
  (s) => `password eq "${s}`,
  (s) => `password eq '${s}'`,
  (s) => `password eq ${s}`,
  (s) => `password ${s}`,
  (s) => `password ${s} "x"`,
  (s) => `password == "${s}"`,
  (s) => `password="${s}"`,
  (s) => `password=${s}`,
  (s) => `password:${s}`,
  (s) => `password.${s}`,
  (s) => `password eq "a\\"${s}"`,
  (s) => `password eq "a" "${s}"`,
  (s) => `password eq "a" ${s}`,
  (s) => `password eq "a" and "${s}"`,
  (s) => `password[value eq "${s}"]`,
  (s) => `password[value eq "${s}`,
  (s) => `password[${s}]`,
  (s) => `password["${s}"]`,
  (s) => `"${s}" eq password`,
  (s) => `emails[password eq "${s}"]`,
  (s) => `emails[type eq "password" and value eq "${s}"]`,
  (s) => `emails[type eq "work"].password eq "${s}"`,
  (s) => `credentials[type eq "x" and value eq "${s}"]`,
  (s) => `urn:example:1.0:apiKey eq "${s}"`,
  (s) => `urn:example:1.0:User:clientSecret[value eq "${s}"].x`,
  (s) => `${ENTERPRISE}:token eq "${s}"`,
  (s) => `access_token eq "${s}"`,
  (s) => `secret pr and "${s}"`,
]

/** What stands where a text, an object or a list is expected. */
const VALUES: readonly ((secret: string) => unknown)[] = [
  (s) => s,
  (s) => [s],
  (s) => ({ value: s }),
  (s) => [{ value: s, type: 'x' }],
  (s) => ({ [s]: s }),
]

const NAMES = [
  'password',
  'PASSWORD',
  `${USER}:password`,
  'clientSecret',
  'urn:example:1.0:User:apiKey',
  'access_token',
]

type Send = (secret: string, idp: ProvidedIdp) => Promise<JsonResponse>

function idpOf(mode: Mode): ProvidedIdp {
  const idp = idps.get(mode)
  if (!idp) throw new Error(`There is no identity provider in ${mode} mode`)
  return idp
}

const escaped = encodeURIComponent
const user = (idp: ProvidedIdp) => `/Users/${ids.get(idp)?.user}`
const group = (idp: ProvidedIdp) => `/Groups/${ids.get(idp)?.group}`

function requests(): (readonly [string, Send])[] {
  const all: (readonly [string, Send])[] = []
  const add = (title: string, send: Send) => all.push([title, send])
  for (const condition of CONDITIONS) {
    const what = condition('S3cret')
    for (const path of ['/Users', '/Groups']) {
      add(`GET ${path}?filter=${what}`, (s, idp) => idp.get(`${path}?filter=${escaped(condition(s))}`))
      add(`POST ${path}/.search filter ${what}`, (s, idp) =>
        idp.post(`${path}/.search`, { schemas: [SEARCH], filter: condition(s) }),
      )
    }
    add(`POST /.search filter ${what}`, (s, idp) =>
      idp.post('/.search', { schemas: [SEARCH], filter: condition(s) }),
    )
    for (const name of ['sortBy', 'attributes', 'excludedAttributes']) {
      add(`GET /Users?${name}=${what}`, (s, idp) => idp.get(`/Users?${name}=${escaped(condition(s))}`))
      add(`POST /Users/.search ${name} ${what}`, (s, idp) =>
        idp.post('/Users/.search', {
          schemas: [SEARCH],
          [name]: name === 'sortBy' ? condition(s) : [condition(s)],
        }),
      )
    }
    for (const op of ['add', 'replace', 'remove']) {
      const operation = (s: string) => ({ op, path: condition(s), ...(op !== 'remove' && { value: 'x' }) })
      add(`PATCH user ${op} ${what}`, (s, idp) => idp.patch(user(idp), patchOf(operation(s))))
      add(`PATCH group ${op} ${what}`, (s, idp) => idp.patch(group(idp), patchOf(operation(s))))
    }
    add(`PATCH key ${what}`, (s, idp) =>
      idp.patch(user(idp), patchOf({ op: 'add', value: { [condition(s)]: 'x' } })),
    )
    add(`POST key ${what}`, (s, idp) =>
      idp.post('/Users', { schemas: [USER], userName: `u${s.slice(-4)}`, [condition(s)]: 'x' }),
    )
    add(`PUT key ${what}`, (s, idp) =>
      idp.put(user(idp), { schemas: [USER], userName: 'ada', [condition(s)]: 'x' }),
    )
    add(`/Bulk PATCH ${what}`, (s, idp) =>
      bulk(idp, { method: 'PATCH', path: user(idp), data: patchOf({ op: 'remove', path: condition(s) }) }),
    )
    add(`/Bulk path ${what}`, (s, idp) =>
      bulk(idp, { method: 'DELETE', path: `/Users?filter=${condition(s)}` }),
    )
    add(`/Bulk path ${what} in an id`, (s, idp) =>
      bulk(idp, { method: 'DELETE', path: `/Users/${condition(s)}` }),
    )
  }
  for (const name of NAMES) {
    for (const value of VALUES) {
      const what = `${name} ${JSON.stringify(value('S3cret'))}`
      const body = (s: string) => ({ schemas: [USER], userName: `v${s.slice(-4)}`, [name]: value(s) })
      add(`POST ${what}`, (s, idp) => idp.post('/Users', body(s)))
      add(`PUT ${what}`, (s, idp) => idp.put(user(idp), { ...body(s), userName: 'ada' }))
      add(`POST group ${what}`, (s, idp) =>
        idp.post('/Groups', { schemas: [GROUP], displayName: 'x', [name]: value(s) }),
      )
      add(`PATCH ${what}`, (s, idp) =>
        idp.patch(user(idp), patchOf({ op: 'replace', path: name, value: value(s) })),
      )
      add(`PATCH path-less ${what}`, (s, idp) =>
        idp.patch(user(idp), patchOf({ op: 'replace', value: { [name]: value(s) } })),
      )
      add(`PATCH remove ${what}`, (s, idp) =>
        idp.patch(user(idp), patchOf({ op: 'remove', path: name, value: value(s) })),
      )
      add(`/Bulk POST ${what}`, (s, idp) =>
        bulk(idp, { method: 'POST', path: '/Users', bulkId: 'b', data: body(s) }),
      )
      add(`/Bulk member ${what}`, (s, idp) =>
        bulk(idp, { method: 'DELETE', path: user(idp) + 1, [name]: value(s) }),
      )
      add(`search member ${what}`, (s, idp) => idp.post('/.search', { schemas: [SEARCH], [name]: value(s) }))
    }
    add(`query ${name}`, (s, idp) => idp.get(`/Users?${escaped(name)}=${s}`))
    add(`query ${name}, empty answer`, (s, idp) => idp.delete(`/Users/none?${escaped(name)}=${s}`))
    add(`a form ${name}`, (s, idp) =>
      idp.request('POST', '/Users', `${name}=${s}`, { 'content-type': 'application/x-www-form-urlencoded' }),
    )
    add(`no JSON ${name}`, (s, idp) => idp.post('/Users', `{"userName":"x","${name}":"${s}"`))
    add(`no JSON ${name}, single quotes`, (s, idp) => idp.post('/Users', `{'userName':'x','${name}':'${s}'}`))
    add(`a query in a query ${name}`, (s, idp) => idp.get(`/Users?filter=${escaped(`x?${name}=${s}`)}`))
  }
  add('Authorization: Bearer', (s, idp) => idp.get('/Users', { authorization: `Bearer ${s}` }))
  add('Authorization: Basic', (s, idp) =>
    idp.get('/Users', { authorization: `Basic ${Buffer.from(`${idp.key}:${s}`).toString('base64')}` }),
  )
  add('Authorization of another kind', (s, idp) => idp.get('/Users', { authorization: `Digest ${s}` }))
  add('a cookie', (s, idp) => idp.get('/Users', { cookie: `session=${s}` }))
  return all
}

function bulk(idp: ProvidedIdp, operation: object) {
  return idp.post('/Bulk', { schemas: [BULK], Operations: [operation] })
}

/** So many at once that a sweep does not take long. */
const AT_ONCE = 8

test.each(MODES)('%s: a secret in any part of a message is found nowhere afterwards', async (mode) => {
  const idp = idpOf(mode)
  const waiting = requests().values()
  const sending = Array.from({ length: AT_ONCE }, async () => {
    for (const [title, send] of waiting) planted.answered(title, await send(planted.secret(title), idp))
  })
  await Promise.all(sending)
  expect(await planted.leaks(house)).toEqual([])
})

test('an error still says what is wrong', async () => {
  const idp = idpOf('lenient')
  const detail = async (answer: Promise<JsonResponse>) => (await answer).json.detail
  expect(await detail(idp.get(`/Users?filter=${escaped('password eq "S3cret"')}`))).toBe(
    'Invalid filter: password cannot be used in a filter',
  )
  const path = 'password[value eq "S3cret"]'
  expect(await detail(idp.patch(user(idp), patchOf({ op: 'remove', path })))).toBe(
    'The path "password [masked]" has a filter on an attribute that is no list of objects',
  )
  const secretary = escaped('displayName eq "Secretaries" or')
  expect(await detail(idp.get(`/Users?sortBy=${secretary}`))).toContain('"displayName eq "Secretaries" or"')
})
