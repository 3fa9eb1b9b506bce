import { afterEach, expect, test, vi } from 'vitest'
import { logQuery, readLogSearch } from './log-search.ts'

afterEach(() => vi.useRealTimers())

test('the address of a log page is read, and what is not valid there is ignored', () => {
  expect(
    readLogSearch({
      period: 'day',
      from: '2026-03-01',
      to: '1 March',
      actor: 'mia',
      result: 'maybe',
      refresh: 'true',
    }),
  ).toEqual({ period: 'day', from: '2026-03-01', actor: 'mia', refresh: true })
})

test('a period ends now, and wins over days', () => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-03-08T12:00:00Z') })
  const query = logQuery({ period: 'week', from: '2020-01-01', to: '2020-01-02' })
  expect(query.from).toBe('2026-03-01T12:00:00.000Z')
  expect(query.to).toBeUndefined()
})

test('days are whole days of the viewer, the last one included', () => {
  const { from, to } = logQuery({ from: '2026-02-27', to: '2026-02-28' })
  expect(from).toBe(new Date(2026, 1, 27).toISOString())
  expect(to).toBe(new Date(2026, 2, 1).toISOString())
})

test('what only concerns the page is not asked of the API', () => {
  const query = logQuery({ actor: 'mia', refresh: true, open: 'an event', after: 'a cursor' })
  expect(Object.keys(query)).not.toContain('refresh')
  expect(Object.keys(query)).not.toContain('open')
  expect(query).toMatchObject({ actor: 'mia', after: 'a cursor' })
})
