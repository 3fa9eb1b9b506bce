import { expect, test } from 'vitest'
import { Refused, Unauthenticated } from '#errors.ts'
import { openFailureLimit } from './failure-limit.ts'
import { TooManyRequests } from './token-bucket.ts'

const HERE = '203.0.113.7'

function limitAt(live: () => Promise<string[]> = async () => []) {
  const clock = { milliseconds: 0 }
  const limit = openFailureLimit({ live, now: () => clock.milliseconds })
  let looked = 0
  const attempt = async (
    credentials: string | undefined,
    { target = 'idp', sourceAddress = HERE, outcome = new Unauthenticated('wrong') as Error | 'right' } = {},
  ): Promise<string> => {
    try {
      return await limit.run({ sourceAddress, target, credentials }, async () => {
        looked++
        if (outcome !== 'right') throw outcome
        return 'right'
      })
    } catch (error) {
      if (error instanceof TooManyRequests) return 'limited'
      if (error === outcome) return 'wrong'
      throw error
    }
  }
  const wrong = async (count: number, options?: Parameters<typeof attempt>[1]) => {
    const answers: string[] = []
    for (let n = 0; n < count; n++) answers.push(await attempt(`guess ${n}`, options))
    return answers.filter((answer) => answer === 'wrong').length
  }
  return { clock, limit, attempt, wrong, looked: () => looked }
}

test('after a hundred wrong credentials nothing is looked up until time has passed', async () => {
  const { clock, wrong, looked } = limitAt()
  expect(await wrong(150)).toBe(100)
  expect(looked()).toBe(100)
  clock.milliseconds += 60_000
  expect(await wrong(50)).toBe(20)
})

test('credentials that were right lately are looked up all the same, until they are wrong', async () => {
  const { attempt, wrong } = limitAt()
  expect(await attempt('good', { outcome: 'right' })).toBe('right')
  await wrong(200)
  expect(await attempt('good', { outcome: 'right' })).toBe('right')
  expect(await attempt('good')).toBe('wrong') // revoked
  expect(await attempt('good')).toBe('limited')
})

test('wrong credentials for one target leave the others of the network alone', async () => {
  const { attempt, wrong } = limitAt()
  await wrong(200)
  expect(await attempt('never seen', { target: 'another', outcome: 'right' })).toBe('right')
  expect(await attempt('never seen', { sourceAddress: '203.0.113.8', outcome: 'right' })).toBe('right')
})

test('whoever makes up targets is limited by their network', async () => {
  const { attempt } = limitAt()
  const answers = []
  for (let n = 0; n < 600; n++) answers.push(await attempt('guess', { target: `target ${n}` }))
  expect(answers.filter((answer) => answer === 'wrong')).toHaveLength(500)
})

test('the first requests of a client, side by side, are one try', async () => {
  const { attempt } = limitAt()
  const first = await Promise.all(Array.from({ length: 500 }, () => attempt('new', { outcome: 'right' })))
  expect(new Set(first)).toEqual(new Set(['right']))
})

test('the same wrong credentials side by side are as many tries', async () => {
  const { attempt } = limitAt()
  await Promise.all(Array.from({ length: 150 }, () => attempt('revoked')))
  expect(await attempt('revoked')).toBe('limited')
})

test('guesses side by side are all counted', async () => {
  const { attempt, looked } = limitAt()
  await Promise.all(Array.from({ length: 150 }, (_, n) => attempt(`guess ${n}`)))
  expect(looked()).toBe(100)
})

test('a refusal for another reason is no wrong credential', async () => {
  const { attempt } = limitAt()
  const outcome = new Refused('disabled')
  for (let n = 0; n < 150; n++) expect(await attempt(`disabled ${n}`, { outcome })).toBe('wrong')
})

test('credentials that were made just now need no try', async () => {
  const { limit, attempt, wrong } = limitAt()
  await wrong(100)
  limit.areRight('idp', 'issued')
  expect(await attempt('issued', { outcome: 'right' })).toBe('right')
})

test('credentials that live are looked up at once in a network that is limited, also when they were never seen', async () => {
  let read = 0
  const { clock, attempt, wrong, looked } = limitAt(async () => {
    read++
    return ['live', 'misdirected']
  })
  await wrong(300)
  expect([looked(), read]).toEqual([100, 1])
  expect(await attempt('live', { outcome: 'right' })).toBe('right')
  expect(await attempt('misdirected')).toBe('wrong')
  expect(await attempt('misdirected'), 'what was wrong is limited, though it lives').toBe('limited')
  clock.milliseconds += 2_000
  for (let n = 0; n < 10; n++) await attempt(`another guess ${n}`)
  expect(read, 'read seldom, whatever comes').toBe(2)
})

test('when it cannot be read what lives, whoever is limited stays so', async () => {
  const { attempt, wrong } = limitAt(() => Promise.reject(new Error('away')))
  await wrong(100)
  expect(await attempt('live', { outcome: 'right' })).toBe('limited')
})
