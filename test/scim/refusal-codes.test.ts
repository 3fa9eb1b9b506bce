// Every code of the catalogue of refusals is provoked through the door: the answer is what the catalogue says, the request
// log keeps the code, and the portal explains it in each language.
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { SYSTEM } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import { LANGUAGES } from '#platform/language.ts'
import { REFUSALS, type RefusalCode } from '#protocol/scim/refusals/refusals.ts'
import { openHouse } from '#test/harness.ts'
import type { ApiClient } from '#test/portal-client.ts'
import { GROUP, USER } from './refusal.ts'
import { type Fault, faulty, PROVOKE, type Scene } from './refusal-codes.ts'

let scene: Scene
const administrators = new Map<string, ApiClient>()
let now = new Date('2030-01-01T00:00:00Z')

beforeAll(async () => {
  const fault: Fault = { happen: undefined }
  const house = await openHouse({ between: (db) => faulty(db, fault), clock: () => now })
  const slow = await openHouse({ beside: house, ratePerSecond: 1 })
  const idp = await house.identityProvider()
  const strict = await house.identityProvider({ mode: 'strict' })
  const admin = await house.administrator(idp.tenantId)
  const settings = { uniqueExternalIds: true, uniqueGroupNames: true }
  expect((await admin.patch(`/identity-providers/${idp.id}`, settings)).status).toBe(200)
  const emails = [
    { value: 'a@example.com', type: 'work' },
    { value: 'b@example.com', type: 'home' },
  ]
  const user = { schemas: [USER], userName: 'ada', emails }
  const [one, two] = [await idp.post('/Users', user), await strict.post('/Users', user)]
  const group = await idp.post('/Groups', { schemas: [GROUP], displayName: 'crew' })
  scene = {
    house,
    slow,
    fault,
    idp,
    strict,
    userId: one.json.id,
    strictUserId: two.json.id,
    groupId: group.json.id,
    passTime: (seconds) => {
      now = new Date(now.getTime() + seconds * 1_000)
    },
  }
})
afterAll(async () => {
  await scene?.slow.close()
  await scene?.house.close()
})

interface LoggedRow {
  readonly id: string
  readonly code: string | null
  readonly params: { readonly first?: { readonly code: string; readonly params: object } } | null
}

/** The newest row of an identity provider; an answer may arrive before its request is handed to the log. */
async function logged(idpId: string, code: string): Promise<LoggedRow | undefined> {
  for (let patience = 200; ; patience--) {
    await Promise.all([scene.house.requestLog.flush(), scene.slow.requestLog.flush()])
    const [row] = await scene.house.db.run<LoggedRow>(
      SYSTEM,
      sql`select id, refusal_code as code, refusal_params as params from scim_request
        where idp_id = ${idpId} and (refusal_code = ${code} or refusal_params->'first'->>'code' = ${code})
        order by at desc, id desc limit 1`,
    )
    if (row || patience === 0) return row
    await sleep(10)
  }
}

async function administratorOf(tenantId: string): Promise<ApiClient> {
  const known = administrators.get(tenantId) ?? (await scene.house.administrator(tenantId))
  administrators.set(tenantId, known)
  return known
}

const CODES = Object.keys(REFUSALS) as RefusalCode[]

test('each code of the catalogue has a request that provokes it', () => {
  expect(Object.keys(PROVOKE).sort()).toEqual([...CODES].sort())
})

test.each(CODES)('%s', async (code) => {
  const { status, scimType } = REFUSALS[code]
  const detail = REFUSALS[code].detail as (params: object) => string
  const { answer, idp, isPart = false } = await PROVOKE[code](scene)
  const body = JSON.parse(answer.text)
  const error = isPart
    ? body.Operations.map(({ response }: { response?: object }) => response).find(Boolean)
    : body
  expect([error.status, error.scimType], answer.text).toEqual([String(status), scimType])
  if (!idp) return expect(error.detail).toBe(detail({}))

  const row = await logged(idp.id, code)
  const refusal = isPart ? row?.params?.first : { code: row?.code, params: row?.params ?? {} }
  expect(refusal?.code, answer.text).toBe(code)
  expect(error.detail).toBe(detail(refusal?.params ?? {}))

  const admin = await administratorOf(idp.tenantId)
  for (const language of LANGUAGES) {
    const shown = await admin.get(`/scim-requests/${row?.id}`, { 'accept-language': language })
    expect(shown.status, shown.text).toBe(200)
    const { explanation, failed } = shown.json
    // A client that reads what is not there has not failed.
    if (!failed) continue
    expect(explanation.code).toBe(isPart ? 'bulk-part' : code)
    expect(explanation.rule).toContain(isPart ? '' : error.detail)
    expect(/[ぁ-ん]/.test(explanation.cause), explanation.cause).toBe(language === 'ja')
  }
})
