// GET /readyz makes a real statement of each door, and names what fails.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask } from '#test/faults/idp.ts'
import { type House, openHouse } from '#test/harness.ts'

let house: House

beforeAll(async () => {
  house = await openHouse()
})
afterAll(() => house?.close())

async function readiness(): Promise<unknown> {
  const { status, text } = await house.raw({ method: 'GET', path: '/readyz' })
  return { code: status, ...JSON.parse(text) }
}

const READY = { scim: 'ready', 'sign-in': 'ready', gateway: 'ready', portal: 'ready' }

test('every door is named, and ready', async () => {
  expect(await readiness()).toEqual({
    code: 200,
    status: 'ready',
    database: 'ready',
    serving: true,
    doors: READY,
    warnings: [],
  })
})

test.each([
  ['scim', 'select on scim_credential'],
  ['scim', 'update on directory_user'],
  ['scim', 'insert on audit_event'],
  ['sign-in', 'update on user_session'],
  ['gateway', 'select on application_session'],
  ['portal', 'select on administrator'],
])('%s is not ready while the service may not %s', async (door, privilege) => {
  await ask(house.connection, `revoke ${privilege} from doorlist_app`)
  try {
    expect(await readiness()).toMatchObject({
      code: 503,
      status: 'unavailable',
      database: 'ready',
      doors: { ...READY, [door]: 'unavailable' },
    })
  } finally {
    await ask(house.connection, `grant ${privilege} to doorlist_app`)
  }
  expect(await readiness()).toMatchObject({ code: 200, doors: READY })
})
