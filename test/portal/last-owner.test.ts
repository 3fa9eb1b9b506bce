// A tenant always keeps an owner who can sign in, whichever way one could be lost.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { resetFactors } from '#administrators/change-administrator.ts'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { authenticator } from '../authenticator.ts'
import { type House, openHouse } from '../harness.ts'
import type { ApiClient, ApiResponse } from '../portal-client.ts'

const ORIGIN = 'http://localhost:8080'
let house: House
beforeAll(async () => {
  house = await openHouse({ publicUrl: ORIGIN })
})
afterAll(() => house.close())

async function owners(slug: string) {
  const tenantId = await house.tenant(slug)
  const [ada, bo] = [
    await house.administrator(tenantId, 'owner'),
    await house.administrator(tenantId, 'owner'),
  ]
  const { items } = (await ada.get('/administrators')).json
  const idOf = ({ email }: ApiClient): string =>
    items.find((one: { email: string }) => one.email === email)?.id ?? ''
  return { tenantId, ada, bo, adaId: idOf(ada), boId: idOf(bo) }
}

/** As after a reset of the factors that the password was too short without. */
async function voidPassword(id: string): Promise<void> {
  await house.db.run(SYSTEM, sql`update administrator set password_hash = null where id = ${id}`)
}

const LOSSES: Record<string, (by: ApiClient, id: string) => Promise<ApiResponse>> = {
  'demoting oneself': (by, id) => by.patch(`/administrators/${id}`, { role: 'admin' }),
  'disabling oneself': (by, id) => by.patch(`/administrators/${id}`, { disabled: true }),
  'removing oneself': (by, id) => by.delete(`/administrators/${id}`),
}

test.each(Object.entries(LOSSES))('%s is refused while no other owner can sign in', async (name, lose) => {
  const { ada, adaId, bo, boId } = await owners(name.replaceAll(' ', '-'))
  await ada.post('/invitations', { email: 'invited@example.com', role: 'owner' })
  await voidPassword(boId)
  const refused = await lose(ada, adaId)
  expect([refused.status, refused.json.detail]).toEqual([
    403,
    `This would leave no owner who can sign in. There is no password or second factor by which ${bo.email} could sign in. Let them set a new password first, or make someone else an owner.`,
  ])
  expect((await ada.get('/me')).json.administrator.role).toBe('owner')
  await ada.patch(`/administrators/${boId}`, { disabled: true })
  expect((await lose(ada, adaId)).json.detail).toContain('make someone else an owner first')
})

test('an owner whose passkey is for another address cannot sign in, and one with a passkey for this address can', async () => {
  const { ada, adaId, bo, boId } = await owners('passkeys')
  const device = authenticator(ORIGIN)
  const { enrolmentId, options } = (await bo.post('/me/passkeys')).json
  await bo.post('/me/factors', { enrolmentId, credential: device.create(options) })
  await voidPassword(boId)
  const at = (rpId: string) =>
    house.db.run(SYSTEM, sql`update factor_passkey set rp_id = ${rpId} where administrator_id = ${boId}`)
  await at('elsewhere.example')
  expect((await ada.patch(`/administrators/${adaId}`, { role: 'admin' })).status).toBe(403)
  await at('localhost')
  expect((await ada.patch(`/administrators/${adaId}`, { role: 'admin' })).status).toBe(200)
})

test('resetting the factors of the only owner is refused where it voids the password', async () => {
  const { tenantId, ada, bo, boId, adaId } = await owners('reset')
  await ada.patch(`/administrators/${adaId}`, { role: 'admin' })
  await house.db.run(SYSTEM, sql`update administrator set password_is_long = false where id = ${boId}`)
  const tools = { db: house.db, publicUrl: () => ORIGIN }
  const operator = { tenantId, actor: { type: 'operator', name: 'test' } } as const
  await expect(resetFactors(tools, operator, boId)).rejects.toThrow(
    `There is no password or second factor by which ${bo.email} could sign in`,
  )
  await house.db.run(SYSTEM, sql`update administrator set password_is_long = true where id = ${boId}`)
  await expect(resetFactors(tools, operator, boId)).resolves.toEqual({ factors: 0, needsPassword: false })
})

test('two owners who give up their role at the same moment leave one, many times', async () => {
  for (let round = 0; round < 8; round++) {
    const { ada, bo, adaId, boId } = await owners(`race-${round}`)
    const ways = Object.values(LOSSES)
    const first = ways[round % 3]
    const second = ways[(round + 1) % 3]
    const answers = await Promise.all([first?.(ada, adaId), second?.(bo, boId)])
    const statuses = answers.map((answer) => answer?.status ?? 0)
    expect(statuses.filter((status) => status === 403)).toHaveLength(1)
  }
})

test('an owner who cannot sign in may be removed', async () => {
  const { ada, boId } = await owners('removable')
  await voidPassword(boId)
  expect((await ada.delete(`/administrators/${boId}`)).status).toBe(204)
})
