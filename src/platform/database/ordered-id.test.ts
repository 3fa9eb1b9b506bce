import { expect, test } from 'vitest'
import { orderedId, timeOfId } from './ordered-id.ts'

test('ids of one process are UUIDs of version 7 and come in order, however many a millisecond has', () => {
  const ids = Array.from({ length: 2_000 }, orderedId)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})

test('an id says when it was made, unless it is of another kind', () => {
  const before = Date.now()
  const time = timeOfId(orderedId())?.getTime() ?? 0
  expect(time).toBeGreaterThanOrEqual(before)
  expect(time).toBeLessThanOrEqual(Date.now())
  expect(timeOfId('017f22e2-79b0-7cc3-98c4-dc0c0c07398f')).toEqual(new Date('2022-02-22T19:22:22Z'))
  expect(timeOfId('017f22e2-79b0-4cc3-98c4-dc0c0c07398f')).toBeUndefined()
})
