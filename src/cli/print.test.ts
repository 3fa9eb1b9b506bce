import { expect, test } from 'vitest'
import { failureLine } from './failure.ts'
import { align, show } from './print.ts'

test('columns are as wide as their widest cell, and lines end without spaces', () => {
  expect(
    align([
      ['NAME', 'ID'],
      ['Okta', '1'],
      ['Entra ID', ''],
    ]),
  ).toEqual(['NAME      ID', 'Okta      1', 'Entra ID'])
  expect(align([])).toEqual([])
})

test('what comes from outside cannot steer the terminal or break the line', () => {
  expect(show('a\u001b[2Jb\nc')).toBe('a\ufffd[2Jb\ufffdc')
  expect(show(null)).toBe('-')
  expect(show(new Date('2026-01-02T03:04:05.678Z'))).toBe('2026-01-02T03:04:05Z')
})

test('a failure is said in one line, with its cause', () => {
  expect(failureLine(new Error('Two mistakes:\n  first\n  second'))).toBe(
    'doorlist: Two mistakes: first; second',
  )
  expect(failureLine(new Error('It failed', { cause: new Error('because') }))).toBe(
    'doorlist: It failed: because',
  )
})
