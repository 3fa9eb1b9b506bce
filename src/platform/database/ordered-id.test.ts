import { expect, test } from 'vitest'
import { orderedId } from './ordered-id.ts'

test('ids of one process are UUIDs of version 7 and come in order, however many a millisecond has', () => {
  const ids = Array.from({ length: 2_000 }, orderedId)
  expect(ids.toSorted()).toEqual(ids)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids)
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
