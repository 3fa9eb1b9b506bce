import { expect, test } from 'vitest'
import { openListMemory } from './list-memory.ts'

const PLAIN = { idpId: 'okta', question: 'all', plain: true }
const FILTERED = { idpId: 'okta', question: 'title pr', plain: false }
const PLACE = { id: '7', key: null }

function remembering() {
  let time = 0
  const memory = openListMemory(() => time)
  const wait = (milliseconds: number) => {
    time += milliseconds
  }
  const keep = (list = PLAIN) => {
    memory.recall(list).keepTotal(5)
    memory.recall(list).keepPlace(101, PLACE)
  }
  const kept = (list = PLAIN) => [memory.recall(list).total(), memory.recall(list).place(101)]
  return { memory, wait, keep, kept }
}

test('a total is kept for a second, a place for half a minute', () => {
  const { wait, keep, kept } = remembering()
  keep()
  wait(999)
  expect(kept()).toEqual([5, PLACE])
  wait(1)
  expect(kept()).toEqual([undefined, PLACE])
  wait(29_000)
  expect(kept()).toEqual([undefined, undefined])
})

test('lists are told apart by identity provider, question and startIndex', () => {
  const { memory, keep, kept } = remembering()
  keep()
  expect(kept({ ...PLAIN, idpId: 'entra' })).toEqual([undefined, undefined])
  expect(kept({ ...PLAIN, question: 'other' })).toEqual([undefined, undefined])
  expect(memory.recall(PLAIN).place(102)).toBeUndefined()
})

test('a write makes what was known unknown, for its own identity provider alone', () => {
  const { memory, keep, kept } = remembering()
  keep()
  memory.wrote('entra', 'resources')
  expect(kept()).toEqual([5, PLACE])
  memory.wrote('okta', 'resources')
  expect(kept()).toEqual([undefined, undefined])
})

test('a change of contents leaves the list of everyone as it is, and no other', () => {
  const { memory, keep, kept } = remembering()
  keep(PLAIN)
  keep(FILTERED)
  memory.wrote('okta', 'contents')
  expect(kept(PLAIN)).toEqual([5, PLACE])
  expect(kept(FILTERED)).toEqual([undefined, undefined])
})

test('what was read before a write is not kept after it', () => {
  const { memory, kept } = remembering()
  const reading = memory.recall(PLAIN)
  memory.wrote('okta', 'resources')
  reading.keepTotal(5)
  reading.keepPlace(101, PLACE)
  expect(kept()).toEqual([undefined, undefined])
})

test('what is remembered is bounded, and what was dropped is never taken for known', () => {
  const { memory, keep, kept } = remembering()
  memory.wrote('okta', 'resources')
  keep()
  memory.wrote('okta', 'resources')
  for (let other = 0; other < 10_001; other++) memory.wrote(`idp-${other}`, 'resources')
  expect(kept()).toEqual([undefined, undefined])
  keep()
  for (let other = 0; other < 1_000; other++) keep({ ...PLAIN, question: `q-${other}` })
  expect(kept()).toEqual([undefined, undefined])
})

test('a key too long to be kept is not', () => {
  const { memory } = remembering()
  memory.recall(PLAIN).keepPlace(101, { id: '7', key: 'x'.repeat(1_025) })
  expect(memory.recall(PLAIN).place(101)).toBeUndefined()
})
