import { expect, test } from 'vitest'
import { Busy } from '#errors.ts'
import { openGate } from './gate.ts'

test('so many run at once, so many wait, and what is beyond is refused; then there is room again', async () => {
  const gate = openGate({ atOnce: 2, waiting: 3 })
  let running = 0
  let most = 0
  const work = async () => {
    running += 1
    most = Math.max(most, running)
    await new Promise((resolve) => setTimeout(resolve, 5))
    running -= 1
  }
  const all = await Promise.allSettled(Array.from({ length: 8 }, () => gate(work)))
  expect(all.map(({ status }) => status)).toEqual([
    ...Array(5).fill('fulfilled'),
    ...Array(3).fill('rejected'),
  ])
  expect(all.at(-1)).toMatchObject({ reason: expect.any(Busy) })
  expect(most).toBe(2)
  await gate(work)
})

test('work that fails gives its place to the next', async () => {
  const gate = openGate({ atOnce: 1, waiting: 1 })
  const failed = gate(() => Promise.reject(new Error('no')))
  const next = gate(async () => 'done')
  await expect(failed).rejects.toThrow('no')
  expect(await next).toBe('done')
  expect(await gate(async () => 'again')).toBe('again')
})
