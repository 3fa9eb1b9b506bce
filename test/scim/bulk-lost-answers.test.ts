// The connection to the database is lost after a batch of a bulk request was sent: what was done is never reported as failed.
import { afterAll, expect, test } from 'vitest'
import { Unavailable } from '#errors.ts'
import type { Database } from '#platform/database/database.ts'
import { openHouse, type ProvidedIdp } from '../harness.ts'

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const BULK = 'urn:ietf:params:scim:api:messages:2.0:BulkRequest'

/** What happens to the next statement of this name: its answer is lost, or the statement itself. */
let losing: { readonly name: string; readonly isDone: boolean; readonly alsoEvents: boolean } | undefined

function lossy(db: Database): Database {
  const run: Database['run'] = async (scope, statement) => {
    if (losing?.alsoEvents && /from audit_event/.test(statement.strings.join('')))
      throw new Unavailable('lost')
    if (statement.name === undefined || statement.name !== losing?.name) return db.run(scope, statement)
    if (losing.isDone) await db.run(scope, statement)
    losing = losing.alsoEvents ? { ...losing, name: 'none' } : undefined
    throw new Unavailable('Connection terminated unexpectedly')
  }
  return { ...db, run }
}

const house = await openHouse({ between: lossy })
afterAll(() => house.close())

async function bulk(idp: ProvidedIdp, Operations: object[]) {
  const { json } = await idp.post('/Bulk', { schemas: [BULK], Operations })
  return json.Operations as { status: string; location?: string; response?: { detail: string } }[]
}

const creations = (count: number) =>
  Array.from({ length: count }, (_, n) => ({
    method: 'POST',
    path: '/Users',
    bulkId: `b${n}`,
    data: { schemas: [USER], userName: `user-${n}` },
  }))

test('creations and deletions whose answer was lost are found by their events', async () => {
  const idp = await house.identityProvider()
  losing = { name: 'user.create-each', isDone: true, alsoEvents: false }
  const created = await bulk(idp, creations(20))
  expect(created.map(({ status }) => status)).toEqual(created.map(() => '201'))
  expect((await idp.get('/Users')).json.totalResults).toBe(20)
  const paths = created.map(({ location = '' }) => location.slice(idp.endpoint.length))
  losing = { name: 'user.delete-each', isDone: true, alsoEvents: false }
  const deleted = await bulk(
    idp,
    paths.map((path) => ({ method: 'DELETE', path })),
  )
  expect(deleted.map(({ status }) => status)).toEqual(deleted.map(() => '204'))
  expect((await idp.get('/Users')).json.totalResults).toBe(0)
  expect((await idp.events()).filter(({ result }) => result === 'failure')).toEqual([])
})

test("what can't be found out is answered as unknown, and never done a second time", async () => {
  const idp = await house.identityProvider()
  losing = { name: 'user.create-each', isDone: true, alsoEvents: true }
  const answers = await bulk(idp, creations(5))
  losing = undefined
  expect(answers.map(({ status }) => status)).toEqual(answers.map(() => '503'))
  expect(answers[0]?.response?.detail).toContain('may have been done')
  expect((await idp.get('/Users')).json.totalResults).toBe(5)
})

test('a batch that did not arrive is answered as unknown too, and can be sent again', async () => {
  const idp = await house.identityProvider()
  losing = { name: 'user.create-each', isDone: false, alsoEvents: false }
  const lost = await bulk(idp, creations(5))
  expect(lost.map(({ status }) => status)).toEqual(lost.map(() => '503'))
  const again = await bulk(idp, creations(5))
  expect(again.map(({ status }) => status)).toEqual(again.map(() => '201'))
})
