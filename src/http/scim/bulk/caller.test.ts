import { expect, test } from 'vitest'
import type { Provisioner } from '#directory/provisioner.ts'
import { NotFound, Unavailable } from '#errors.ts'
import type { Dialect } from '../dialect.ts'
import type { ScimRequest } from '../request.ts'
import { bulkCaller } from './caller.ts'

/** Returns a caller whose database only supports a ping, which succeeds or fails. */
function callerWith(ping: () => Promise<void>) {
  const at = { db: { ping } } as unknown as Provisioner
  const request = { method: 'POST', log: { error: () => {} } } as unknown as ScimRequest
  return bulkCaller(
    at,
    request,
    () => ({}) as Dialect,
    () => Promise.reject(new Error('not asked for')),
  )
}

const answers = () => Promise.resolve()
const silent = () => Promise.reject(new Unavailable('no database'))

async function failWith(caller: ReturnType<typeof callerWith>, failure: Error): Promise<number> {
  try {
    await caller.run(() => Promise.reject(failure))
  } catch (error) {
    return (await caller.refusal(error)).status
  }
  throw new Error('it did not fail')
}

test('when the database is gone, what follows is not tried, and refused alike', async () => {
  const caller = callerWith(silent)
  expect(await failWith(caller, new Unavailable('lost'))).toBe(503)
  expect(caller.gone()).toBeInstanceOf(Unavailable)
  let tried = false
  const next = caller.run(async () => {
    tried = true
  })
  const error: unknown = await next.catch((reason: unknown) => reason)
  expect(tried).toBe(false)
  expect((await caller.refusal(error)).status).toBe(503)
})

test('a database that answers is tried again, for one operation may wait for a lock in vain', async () => {
  const caller = callerWith(answers)
  expect(await failWith(caller, new Unavailable('a lock'))).toBe(503)
  expect(caller.gone()).toBeUndefined()
  expect(await caller.run(async () => 'done')).toBe('done')
})

test('a refusal is that of its operation alone', async () => {
  const caller = callerWith(silent)
  expect(await failWith(caller, new NotFound('no such user'))).toBe(404)
  expect(await caller.run(async () => 'done')).toBe('done')
})
