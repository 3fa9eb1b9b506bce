import { expect, test } from 'vitest'
import type { Provisioner } from '#directory/provisioner.ts'
import { createSeal } from '#platform/crypto/seal.ts'
import { openCursors } from './cursors.ts'

const at = { tenantId: 't-1', idpId: 'i-1' } as Provisioner
const question = { list: 'users by name', count: 10 }
const next = { id: '7', key: 'ärger' }
const clock = () => new Date('2030-01-01T00:00:00Z')

function process(secret: string) {
  return openCursors(createSeal(secret), clock)
}

test('a cursor of one process is read by every process that has the same secret key, and by no other', () => {
  const [one, other] = [process('a'.repeat(40)), process('a'.repeat(40))]
  const { nextCursor = '' } = one.around(at, question, { next })
  expect(other.read(at, question, nextCursor)).toEqual({ from: next, backward: false })
  expect(() => process('b'.repeat(40)).read(at, question, nextCursor)).toThrow(/nextCursor or previousCursor/)
})

test('a sort key that no URL could carry is refused', () => {
  const long = { id: '7', key: 'x'.repeat(1_025) }
  expect(() => process('a'.repeat(40)).around(at, question, { next: long })).toThrow(/use startIndex/)
})
