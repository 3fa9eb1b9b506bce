// A user who first signs in by self-service and is provisioned later: a SCIM create with the same userName takes the user
// over, and only an explicit `active: true` in it gives access that was taken away before.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ProvidedIdp } from '#test/harness.ts'
import { BODIES_WITHOUT_TRUE } from '#test/scim/active-messages.ts'
import { USER } from '#test/scim/refusal.ts'
import { mailOf, openPeople, type People } from './people.ts'

let people: People
let idp: ProvidedIdp
let count = 0

beforeAll(async () => {
  people = await openPeople()
  idp = await people.connect({ enroll: 'self', mfa: 'none' })
})
afterAll(() => people.close())

/** Signs a new user in. @returns the user's id and name */
async function join(): Promise<{ id: string; name: string }> {
  const name = `joined-${++count}`
  const { page } = await people.signIn(idp, name)
  expect(page.status).toBe(200)
  const filter = encodeURIComponent(`userName eq "${mailOf(name)}"`)
  const found = await idp.get(`/Users?filter=${filter}`)
  return { id: found.json.Resources[0].id, name }
}

async function statusOf(id: string): Promise<string> {
  const administrator = await people.administrator()
  return (await administrator.get(`/users/${id}`)).json.status
}

test('a user who signed in stays active when a create without active takes them over', async () => {
  const { id, name } = await join()
  const created = await idp.post('/Users', { schemas: [USER], userName: mailOf(name) })
  expect(created).toMatchObject({ status: 201, json: { id, active: true } })
  expect((await people.signIn(idp, name)).page.status).toBe(200)
})

test.each(BODIES_WITHOUT_TRUE)(
  'a user who was deleted in the portal stays so when a create takes them over: active %s',
  async (_title, body) => {
    const { id, name } = await join()
    const administrator = await people.administrator()
    expect((await administrator.delete(`/users/${id}`)).status).toBe(204)
    const created = await idp.post('/Users', { schemas: [USER], userName: mailOf(name), ...body })
    expect([201, 400]).toContain(created.status)
    if (created.status === 201) expect(created.json).toMatchObject({ id, active: false })
    expect(await statusOf(id)).toBe('deleted')
    expect((await people.signIn(idp, name)).page.status).toBe(403)
  },
)

test('a create with active true restores a user who was deleted in the portal', async () => {
  const { id, name } = await join()
  await (await people.administrator()).delete(`/users/${id}`)
  const body = { schemas: [USER], userName: mailOf(name), active: true }
  expect(await idp.post('/Users', body)).toMatchObject({ status: 201, json: { id, active: true } })
  expect(await statusOf(id)).toBe('active')
})

test("a create with active true does not lift an administrator's hold", async () => {
  const { id, name } = await join()
  await (await people.administrator()).post(`/users/${id}/disable`)
  const body = { schemas: [USER], userName: mailOf(name), active: true }
  expect(await idp.post('/Users', body)).toMatchObject({ status: 201, json: { id, active: false } })
  expect(await statusOf(id)).toBe('disabled')
  expect((await people.signIn(idp, name)).page.status).toBe(403)
})
