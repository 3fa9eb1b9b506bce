import { expect, test } from 'vitest'
import { lineView } from './progress.ts'

function lines(phases: [phase: string, total: number][]): string[] {
  const written: string[] = []
  const view = lineView({ write: (text: Uint8Array | string) => written.push(String(text)) > 0 })
  for (const [phase, total] of phases)
    for (let done = 0; done <= total; done += 1) view.report({ phase, done, total })
  view.end()
  return written
}

test('a long phase is told in tenths', () => {
  const written = lines([['users', 1_000]])
  expect(written.length).toBe(10)
  expect(written[0]).toBe('users: 100 of 1000 (10 %)\n')
  expect(written.at(-1)).toBe('users: 1000 of 1000 (100 %)\n')
})

test('a short phase is told once, when it is done', () => {
  expect(
    lines([
      ['groups', 12],
      ['members', 3],
    ]),
  ).toEqual(['groups: 12 of 12 (100 %)\n', 'members: 3 of 3 (100 %)\n'])
})
