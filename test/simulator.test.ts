// Every simulated identity provider against the service itself: what it shows is what they sent.
import { afterAll, expect, test } from 'vitest'
import { DIALECTS } from '#simulator/dialects.ts'
import { simulate } from '#simulator/simulate.ts'
import { openHouse } from './harness.ts'

const house = await openHouse()
afterAll(() => house.close())

/** OneLogin's template names an attribute that no schema has; the service leaves it out and lists it for administrators. */
const LEFT_OUT = /^\/Users\/\S+: department is missing/

test.each(DIALECTS.map((dialect) => [dialect.name, dialect] as const))(
  'everything that %s sends is there in the end, and echoed as it was sent',
  async (_, dialect) => {
    const { endpoint, token } = await house.identityProvider()
    const summary = await simulate({
      dialect,
      endpoint,
      credentials: { token },
      users: 60,
      groups: 6,
      cycles: 3,
      verify: true,
    })
    expect(summary.samples).toEqual([])
    const { resources, differences, samples } = summary.verification ?? { samples: [] }
    expect(samples.filter((sample) => !LEFT_OUT.test(sample))).toEqual([])
    expect(resources).toBe(summary.users + summary.groups)
    if (dialect.name !== 'onelogin') expect(differences).toBe(0)
  },
)
