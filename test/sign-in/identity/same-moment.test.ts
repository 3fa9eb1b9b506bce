// Users who come back from the identity provider at the same moment, and are found to be the same user.
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Database } from '#platform/database/database.ts'
import { unlinkUser } from '#sign-in/identity/links.ts'
import { type IdentityHouse, openIdentityHouse } from './identity-house.ts'
import { type Kind, nameKinds } from './kinds.ts'

/** Transactions, and how often their work was done: more often where two of them waited for each other. */
const counts = { begun: 0, run: 0 }

let at: IdentityHouse
beforeAll(async () => {
  at = await openIdentityHouse({ between: counted })
})
afterAll(() => at?.close())

function counted(db: Database): Database {
  return {
    ...db,
    transaction(scope, work) {
      counts.begun += 1
      return db.transaction(scope, (tx) => {
        counts.run += 1
        return work(tx)
      })
    },
  }
}

test('several identities with the name of one unlinked user: one signs in, and no transaction has to start over', async () => {
  const [kind] = nameKinds('OpenID Connect') as [Kind]
  for (let round = 0; round < 6; round++) {
    const idp = await at.connect(kind, { enroll: 'self' })
    const { user } = await at.signIn(idp, kind, { id: 'first', name: 'mia' })
    await unlinkUser(at.house.db, idp.operator, user as string)
    const people = ['one', 'two', 'three'].map((id) => ({ id, name: 'mia' }))
    const outcomes = await at.signInTogether(idp, kind, people)
    expect(outcomes.map((outcome) => outcome.user).filter(Boolean)).toEqual([user])
    // Each arrival brings another email address, which ends the sign-ins that arrived before it (decision 0020).
    for (const { reason = 'status 401' } of outcomes)
      expect(['status 401', 'linked-to-another']).toContain(reason)
  }
  expect(counts.run).toBe(counts.begun)
})
