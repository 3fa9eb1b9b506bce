import { expect, test } from 'vitest'
import { TooManyRequests, tokenBuckets } from './token-bucket.ts'

function bucketsAt(rates: { perSecond: number; capacity: number }) {
  const clock = { milliseconds: 0 }
  const buckets = tokenBuckets(rates, () => clock.milliseconds)
  const taken = (key: string, times: number) => {
    let count = 0
    for (let i = 0; i < times; i++) {
      try {
        buckets.take(key)
        count++
      } catch (error) {
        if (!(error instanceof TooManyRequests)) throw error
      }
    }
    return count
  }
  return { clock, buckets, taken }
}

test('the whole capacity goes at once, then as many as come back', () => {
  const { clock, taken } = bucketsAt({ perSecond: 200, capacity: 1_000 })
  expect(taken('a', 1_500)).toBe(1_000)
  clock.milliseconds = 100
  expect(taken('a', 100)).toBe(20)
  clock.milliseconds = 60_000
  expect(taken('a', 1_500)).toBe(1_000)
})

test('a steady client at the rate is never refused', () => {
  const { clock, taken } = bucketsAt({ perSecond: 25, capacity: 125 })
  for (let i = 0; i < 1_000; i++) {
    expect(taken('a', 1)).toBe(1)
    clock.milliseconds += 40
  }
})

test('one who floods takes nothing from the others', () => {
  const { taken } = bucketsAt({ perSecond: 25, capacity: 125 })
  expect(taken('a', 10_000)).toBe(125)
  expect(taken('b', 125)).toBe(125)
})

test('the wait that is told is enough', () => {
  const { clock, buckets, taken } = bucketsAt({ perSecond: 20 / 60, capacity: 1 })
  buckets.take('a')
  try {
    buckets.take('a')
    expect.unreachable()
  } catch (error) {
    const { retrySeconds } = error as TooManyRequests
    expect(retrySeconds).toBe(3)
    clock.milliseconds += retrySeconds * 1_000
  }
  expect(taken('a', 2)).toBe(1)
})

test('what is given back can be taken again, and never fills beyond the capacity', () => {
  const { buckets, taken } = bucketsAt({ perSecond: 1, capacity: 3 })
  buckets.take('a')
  buckets.giveBack('a')
  buckets.giveBack('a')
  buckets.giveBack('nobody')
  expect(taken('a', 10)).toBe(3)
})

test('only so many keys are remembered, and the one that was quiet longest is forgotten first', () => {
  const { taken } = bucketsAt({ perSecond: 1, capacity: 1 })
  for (let i = 0; i < 10_000; i++) expect(taken(`${i}`, 1)).toBe(1)
  expect(taken('0', 1)).toBe(0)
  taken('new', 1)
  expect(taken('0', 1)).toBe(0)
  expect(taken('1', 1)).toBe(1)
})
