// The attack cases of the SCIM areas (test/attacks), each against two newly furnished tenants.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AttackCase, casesOf, SCIM_AREAS } from '#test/attacks/case.ts'
import { attack } from '#test/attacks/run.ts'
import { listenOutside, type Outside, prepareFirstStart } from '#test/attacks/scene.ts'
import { type House, openHouse } from '#test/harness.ts'

const CASES = 87

/**
 * Cases whose expectation is not this product's, with what is demanded in its place. A case here is still carried out.
 */
const DECIDED_OTHERWISE: Readonly<Record<string, Partial<AttackCase> & { readonly why: string }>> = {
  'pat-18': {
    why:
      'Administrators are not users: a portal account never becomes, adopts or signs in as a SCIM user, so a person may be ' +
      'both. The user is created, and is nobody in the portal.',
    must: { status: [201], alive: true },
    // biome-ignore lint/suspicious/noThenProperty: the cases are data, and this is their word for a follow-up
    then: [],
  },
}

let house: House
let outside: Outside

beforeAll(async () => {
  outside = await listenOutside()
  house = await openHouse({ mailer: outside.mailer })
})

afterAll(async () => {
  await outside?.close()
  await house?.close()
})

for (const area of SCIM_AREAS) {
  describe(area, () => {
    for (const written of casesOf(area)) {
      const { why, ...otherwise } = DECIDED_OTHERWISE[written.id] ?? { why: undefined }
      test(`${written.id}: ${written.title}${why ? ' (decided otherwise)' : ''}`, async () => {
        await attack({ ...written, ...otherwise }, await prepareFirstStart(house, outside, written))
      })
    }
  })
}

test(`all ${CASES} attack cases of the SCIM areas are carried out`, () => {
  const ids = SCIM_AREAS.flatMap((area) => casesOf(area).map(({ id }) => id))
  expect(new Set(ids).size).toBe(CASES)
  expect(ids).toHaveLength(CASES)
  expect(Object.keys(DECIDED_OTHERWISE).filter((id) => !ids.includes(id))).toEqual([])
})
