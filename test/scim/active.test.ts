// Access never grows by accident: only an explicit `active: true` activates a user. A message that removes, clears or
// leaves out `active`, or has something else in its place, keeps the value that the user has.
import { afterAll, expect, test } from 'vitest'
import { deleteUser, showUser } from '#directory/administration/portal-users.ts'
import { openHouse, type ProvidedIdp } from '#test/harness.ts'
import { BODIES_WITHOUT_TRUE, PATCHES_WITHOUT_TRUE } from './active-messages.ts'
import { patchOf, USER } from './refusal.ts'

const house = await openHouse()
afterAll(() => house.close())

const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

let count = 0
const newName = () => `user-${++count}@example.com`

type Mode = 'lenient' | 'strict'
const MODES: readonly Mode[] = ['lenient', 'strict']
const idps = Object.fromEntries(
  await Promise.all(MODES.map(async (mode) => [mode, await house.identityProvider({ mode })])),
) as Record<Mode, ProvidedIdp>

interface Made {
  readonly id: string
  readonly userName: string
}

/** Brings a user into a state in which nobody can sign in as that user. */
const STATES = {
  async 'deactivated by the identity provider'(idp: ProvidedIdp): Promise<Made> {
    const userName = newName()
    const { json } = await idp.post('/Users', { schemas: [USER], userName, active: false })
    return { id: json.id, userName }
  },
  async 'deleted in the portal'(idp: ProvidedIdp): Promise<Made> {
    const userName = newName()
    const { json } = await idp.post('/Users', { schemas: [USER], userName, active: true })
    await deleteUser(house.db, idp.operator, json.id)
    return { id: json.id, userName }
  },
}

const replace = (value: unknown) => patchOf({ op: 'replace', path: 'active', value })

async function expectNoAccess(idp: ProvidedIdp, id: string, status?: string) {
  expect((await idp.get(`/Users/${id}`)).json.active).toBe(false)
  const shown = await showUser(house.db, idp.tenantId, id)
  if (status) expect(shown.status).toBe(status)
  expect(shown.status).not.toBe('active')
}

const STATE_NAMES = Object.keys(STATES) as (keyof typeof STATES)[]
const cases = MODES.flatMap((mode) => STATE_NAMES.map((state) => [mode, state] as const))

for (const [mode, state] of cases) {
  const idp = idps[mode]
  const make = () => STATES[state](idp)

  test.each(PATCHES_WITHOUT_TRUE)(`${mode}: PATCH, a user ${state} stays so: %s`, async (_title, message) => {
    const { id } = await make()
    const { status: before } = await showUser(house.db, idp.tenantId, id)
    const answer = await idp.patch(`/Users/${id}`, message)
    expect([200, 400]).toContain(answer.status)
    if (answer.status === 200) expect(answer.json.active).toBe(false)
    await expectNoAccess(idp, id, before)
  })

  test.each(BODIES_WITHOUT_TRUE)(`${mode}: PUT, a user ${state} stays so: %s`, async (_title, body) => {
    const { id, userName } = await make()
    const { status: before } = await showUser(house.db, idp.tenantId, id)
    const answer = await idp.put(`/Users/${id}`, { schemas: [USER], userName, title: 'Cook', ...body })
    expect([200, 400]).toContain(answer.status)
    await expectNoAccess(idp, id, before)
  })

  test(`${mode}: /Bulk, a user ${state} stays so, whatever takes the place of active`, async () => {
    const made = await Promise.all([...PATCHES_WITHOUT_TRUE, ...BODIES_WITHOUT_TRUE].map(make))
    const operations = made.map(({ id, userName }, index) => {
      const [, patch] = PATCHES_WITHOUT_TRUE[index] ?? []
      const [, body] = BODIES_WITHOUT_TRUE[index - PATCHES_WITHOUT_TRUE.length] ?? []
      const data = patch ?? { schemas: [USER], userName, title: 'Cook', ...body }
      return { method: patch ? 'PATCH' : 'PUT', path: `/Users/${id}`, data }
    })
    const answer = await idp.post('/Bulk', { schemas: [BULK], Operations: operations })
    expect(answer.status).toBe(200)
    expect(answer.json.Operations).toHaveLength(made.length)
    for (const { id } of made) await expectNoAccess(idp, id)
  })

  test(`${mode}: an explicit true brings back a user ${state}`, async () => {
    const patched = await make()
    expect((await idp.patch(`/Users/${patched.id}`, replace(true))).json.active).toBe(true)
    const put = await make()
    const body = { schemas: [USER], userName: put.userName, active: true }
    expect((await idp.put(`/Users/${put.id}`, body)).json.active).toBe(true)
    for (const { id } of [patched, put])
      expect((await showUser(house.db, idp.tenantId, id)).status).toBe('active')
  })
}

test.each([
  ['"True"', 'True'],
  ['a list of true', [true]],
  ['a nested value', { value: true }],
])('lenient: true may be written as %s', async (_title, value) => {
  const { id } = await STATES['deactivated by the identity provider'](idps.lenient)
  expect((await idps.lenient.patch(`/Users/${id}`, replace(value))).json.active).toBe(true)
  const { id: other } = await STATES['deactivated by the identity provider'](idps.strict)
  expect((await idps.strict.patch(`/Users/${other}`, replace(value))).status).toBe(400)
  await expectNoAccess(idps.strict, other)
})

test('a message that clears active changes nothing: no version, no event, no failure', async () => {
  for (const idp of Object.values(idps)) {
    for (const active of [true, false]) {
      const { json: user } = await idp.post('/Users', { schemas: [USER], userName: newName(), active })
      const events = (await idp.events()).length
      const answer = await idp.patch(`/Users/${user.id}`, patchOf({ op: 'remove', path: 'active' }))
      expect(answer).toMatchObject({ status: 200, json: { active, meta: user.meta } })
      expect((await idp.patch(`/Users/${user.id}`, replace(null))).json.meta).toEqual(user.meta)
      expect(await idp.events()).toHaveLength(events)
    }
  }
})

test('what is beside a cleared active in the same message is done', async () => {
  for (const idp of Object.values(idps)) {
    const { json: user } = await idp.post('/Users', { schemas: [USER], userName: newName(), active: false })
    const message = patchOf(
      { op: 'remove', path: 'active' },
      { op: 'replace', path: 'title', value: 'Rigger' },
    )
    expect((await idp.patch(`/Users/${user.id}`, message)).json).toMatchObject({
      active: false,
      title: 'Rigger',
    })
  }
})

test('operations on active are done in their order, and clearing keeps what the one before said', async () => {
  const idp = idps.lenient
  const { json: user } = await idp.post('/Users', { schemas: [USER], userName: newName(), active: false })
  const on = patchOf({ op: 'replace', path: 'active', value: true }, { op: 'remove', path: 'active' })
  expect((await idp.patch(`/Users/${user.id}`, on)).json.active).toBe(true)
  const off = patchOf(
    { op: 'replace', path: 'active', value: false },
    { op: 'replace', path: 'active', value: null },
  )
  expect((await idp.patch(`/Users/${user.id}`, off)).json.active).toBe(false)
})
