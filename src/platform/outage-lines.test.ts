import { expect, test } from 'vitest'
import { Unavailable } from '#errors.ts'
import { createLog } from './log.ts'
import { outageLines } from './outage-lines.ts'

const AWAY = new Unavailable('away')

test('during an outage each kind of line is written once a minute, and says how many were left out', () => {
  let now = 0
  const countLeftOut = outageLines(() => now)
  expect([1, 2, 3].map(() => countLeftOut('a request failed', AWAY))).toEqual([0, undefined, undefined])
  expect(countLeftOut('a heartbeat failed', AWAY)).toBe(0)
  now = 60_000
  expect([1, 2].map(() => countLeftOut('a request failed', AWAY))).toEqual([2, undefined])
})

test('other errors are always written', () => {
  const countLeftOut = outageLines()
  expect([1, 2].map(() => countLeftOut('a request failed', new Error('a mistake')))).toEqual([0, 0])
})

test('the log leaves lines of an outage out, also of a logger for one request', () => {
  const lines: string[] = []
  const log = createLog('info', { write: (line) => void lines.push(line) })
  for (let request = 1; request <= 100; request++)
    log.child({ request }).error({ err: AWAY }, 'a request failed')
  log.info('something else')
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(['a request failed', 'something else'])
})
