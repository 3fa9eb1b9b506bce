// A value that must be unique and is another's: whoever writes it, and by whichever request, learns whose it is and what
// can be done.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type House, type JsonResponse, openHouse, type ProvidedIdp } from '#test/harness.ts'
import type { ApiClient } from '#test/portal-client.ts'
import { GROUP, patchOf, USER } from './refusal.ts'

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

let house: House
let idp: ProvidedIdp
let admin: ApiClient
let count = 0
beforeAll(async () => {
  house = await openHouse()
  idp = await house.identityProvider()
  admin = await house.administrator(idp.tenantId)
  await admin.patch(`/identity-providers/${idp.id}`, { uniqueExternalIds: true })
})
afterAll(() => house?.close())

const unique = (what: string) => `${what}-${++count}`

async function created(path: string, body: object): Promise<string> {
  const { status, json, text } = await idp.post(path, body)
  expect(status, text).toBe(201)
  return json.id
}

interface Answer {
  readonly status: number
  readonly scimType?: string
  readonly detail?: string
}

function answerOf({ status, json }: JsonResponse): Answer {
  return { status, scimType: json.scimType, detail: json.detail }
}

async function inBulk(operation: object): Promise<Answer> {
  const { json } = await idp.post('/Bulk', { schemas: [BULK], Operations: [operation] })
  const [{ status, response }] = json.Operations
  return { status: Number(status), scimType: response?.scimType, detail: response?.detail }
}

/** What is answered to each way of giving a resource the value. */
async function everyAnswer(path: '/Users' | '/Groups', value: object, other: object): Promise<Answer[]> {
  const id = await created(path, other)
  const body = { ...other, ...value }
  const [[name, wanted]] = Object.entries(value) as [[string, string]]
  const patch = patchOf({ op: 'replace', path: name, value: wanted })
  const whole = patchOf({ op: 'replace', value })
  // The other values of a new one are free.
  const fresh = {
    ...body,
    ...(name === 'externalId' && { [path === '/Users' ? 'userName' : 'displayName']: unique('free') }),
  }
  return [
    answerOf(await idp.post(path, fresh)),
    answerOf(await idp.put(`${path}/${id}`, body)),
    answerOf(await idp.patch(`${path}/${id}`, patch)),
    answerOf(await idp.patch(`${path}/${id}`, whole)),
    await inBulk({ method: 'POST', path, bulkId: 'a', data: fresh }),
    await inBulk({ method: 'PUT', path: `${path}/${id}`, data: body }),
    await inBulk({ method: 'PATCH', path: `${path}/${id}`, data: patch }),
  ]
}

const user = (more: object = {}) => ({ schemas: [USER], userName: unique('user'), ...more })

type Hold = (id: string) => Promise<unknown>
const HOLDS: readonly (readonly [string, Hold, RegExp])[] = [
  ['active', async () => {}, /, who is active\.$/],
  [
    'deactivated',
    (id) => idp.patch(`/Users/${id}`, patchOf({ op: 'replace', path: 'active', value: false })),
    /, who is deactivated by the identity provider\. Activate that user instead, or delete it in the identity provider/,
  ],
  [
    'disabled by an administrator',
    (id) => admin.post(`/users/${id}/disable`),
    /, who is disabled by an administrator\. Enable that user in the portal instead, or delete/,
  ],
  [
    'deleted in the portal',
    (id) => admin.delete(`/users/${id}`),
    /, who was deleted in the portal\. Restore that user in the portal instead, or delete/,
  ],
]

test.each(HOLDS)(
  'a userName of a user who is %s is refused the same way by every request',
  async (_, hold, says) => {
    const userName = unique('Ada')
    const id = await created('/Users', { schemas: [USER], userName })
    await hold(id)
    const answers = await everyAnswer('/Users', { userName: userName.toLowerCase() }, user())
    const [first] = answers
    expect(first).toMatchObject({ status: 409, scimType: 'uniqueness' })
    expect(first?.detail).toContain(
      `userName "${userName.toLowerCase()}" is taken by the user "${userName}" (id ${id}), who`,
    )
    expect(first?.detail).toMatch(says)
    expect(answers).toEqual(answers.map(() => first))
  },
)

test.each(HOLDS)(
  'an externalId of a user who is %s is refused the same way by every request',
  async (_, hold, says) => {
    const [userName, externalId] = [unique('ada'), unique('External')]
    const id = await created('/Users', { schemas: [USER], userName, externalId })
    await hold(id)
    const answers = await everyAnswer('/Users', { externalId }, user())
    const [first] = answers
    expect(first).toMatchObject({ status: 409, scimType: 'uniqueness' })
    expect(first?.detail).toContain(
      `externalId "${externalId}" is taken by the user "${userName}" (id ${id}), who`,
    )
    expect(first?.detail).toMatch(says)
    expect(answers).toEqual(answers.map(() => first))
  },
)

test.each(['displayName', 'externalId'])(
  'a %s of a group is refused the same way by every request',
  async (attribute) => {
    const holder = { displayName: unique('Crew'), externalId: unique('External') }
    const id = await created('/Groups', { schemas: [GROUP], ...holder })
    const value = { [attribute]: holder[attribute as keyof typeof holder] }
    const answers = await everyAnswer('/Groups', value, { schemas: [GROUP], displayName: unique('group') })
    const [first] = answers
    expect(first).toEqual({
      status: 409,
      scimType: 'uniqueness',
      detail: `${attribute} "${Object.values(value)[0]}" is taken by the group "${holder.displayName}" (id ${id}).`,
    })
    expect(answers).toEqual(answers.map(() => first))
  },
)

test('where both values are taken, the userName is named', async () => {
  const [one, other] = [user({ externalId: unique('external') }), user()]
  await created('/Users', one)
  await created('/Users', other)
  const { json } = await idp.post('/Users', { ...one, userName: other.userName })
  expect(json.detail).toContain(`userName "${other.userName}" is taken`)
})

test('a group with members and a name that is taken is refused whole', async () => {
  const displayName = unique('Crew')
  const [member, holder] = [
    await created('/Users', user()),
    await created('/Groups', { schemas: [GROUP], displayName }),
  ]
  const members = [{ value: member }]
  const refused = await idp.post('/Groups', { schemas: [GROUP], displayName, members })
  expect(refused.json.detail).toContain(holder)
  const other = await created('/Groups', { schemas: [GROUP], displayName: unique('group') })
  const both = patchOf(
    { op: 'add', path: 'members', value: members },
    { op: 'replace', path: 'displayName', value: displayName },
  )
  expect((await idp.patch(`/Groups/${other}`, both)).json.detail).toContain(holder)
  expect((await idp.get(`/Groups/${other}`)).json.members ?? []).toEqual([])
})

test('what a user had who was deleted over SCIM is free, though the user is kept for a while', async () => {
  const gone = user({ externalId: unique('external') })
  await idp.delete(`/Users/${await created('/Users', gone)}`)
  await created('/Users', gone)
})

test('under many parallel writers the loser still learns whose the userName is', async () => {
  const userName = unique('wanted')
  const holder = await created('/Users', { schemas: [USER], userName })
  const id = await created('/Users', user())
  const writes = Array.from({ length: 20 }, (_, index) =>
    idp.patch(
      `/Users/${id}`,
      patchOf(
        { op: 'replace', path: 'title', value: `t${index}` },
        { op: 'replace', path: 'userName', value: userName },
      ),
    ),
  )
  for (const { status, json } of await Promise.all(writes)) {
    expect(status).toBe(409)
    expect(json.detail).toContain(holder)
  }
})

test('a secret in a name is not repeated', async () => {
  const userName = 'password=hunter2'
  await created('/Users', { schemas: [USER], userName })
  const { json } = await idp.post('/Users', { schemas: [USER], userName })
  expect(json.detail).not.toContain('hunter2')
})
