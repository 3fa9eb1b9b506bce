import { expect, test } from 'vitest'
import { TooCostly } from '#errors.ts'
import { inSteps } from './in-steps.ts'

/** Processes rows until none are left; more than `most` at once take too long. */
function work(rows: number, most: number) {
  const limits: number[] = []
  let left = rows
  const step = async (limit: number) => {
    limits.push(limit)
    if (Math.min(limit, left) > most) throw new TooCostly('too long')
    const done = Math.min(limit, left)
    left -= done
    return done
  }
  return { step, limits, left: () => left }
}

test('a backlog is dealt with in steps of the given size', async () => {
  const { step, limits } = work(12_000, 5_000)
  expect(await inSteps(step)).toBe(12_000)
  expect(limits).toEqual([5_000, 5_000, 5_000])
})

test('steps that take too long become smaller, and nothing is left over', async () => {
  const { step, left } = work(3_000, 40)
  expect(await inSteps(step)).toBe(3_000)
  expect(left()).toBe(0)
})

test('a single row that takes too long is an error', async () => {
  await expect(inSteps(work(3, 0).step)).rejects.toThrow(TooCostly)
})

test('a signal stops it after the step that runs', async () => {
  const stopping = new AbortController()
  const { step, left } = work(20_000, 5_000)
  await inSteps((limit) => step(limit).finally(() => stopping.abort()), { signal: stopping.signal })
  expect(left()).toBe(15_000)
})
