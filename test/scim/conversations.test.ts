// Recorded traffic of real identity providers (test/conversations), each sequence on a new identity provider.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { recordedSequences } from '#test/conversations/files.ts'
import { play } from '#test/conversations/run.ts'
import { type House, openHouse } from '#test/harness.ts'

const SEQUENCES = 105
const sequences = recordedSequences()

let house: House

beforeAll(async () => {
  house = await openHouse()
})

afterAll(() => house?.close())

for (const [idp, recorded] of Map.groupBy(sequences, (sequence) => sequence.idp)) {
  describe(idp, () => {
    for (const sequence of recorded) {
      test(`${sequence.id}: ${sequence.name}`, async () => {
        await play(sequence, await house.identityProvider({ name: sequence.idp }))
      })
    }
  })
}

test(`all ${SEQUENCES} recorded sequences are played`, () => {
  expect(sequences).toHaveLength(SEQUENCES)
  expect(new Set(sequences.map(({ id }) => id)).size).toBe(SEQUENCES)
})
