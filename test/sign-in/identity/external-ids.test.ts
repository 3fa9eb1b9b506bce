// A sign-in that finds users by their externalId. Of several with the same one none is chosen.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { sql } from '#platform/database/sql.ts'
import { type IdentityHouse, openIdentityHouse } from './identity-house.ts'
import { KINDS, type Kind } from './kinds.ts'

let at: IdentityHouse
beforeAll(async () => {
  at = await openIdentityHouse()
})
afterAll(() => at?.close())

const PLAIN = KINDS.filter(({ matching }) => matching === null)
const RULE = { source: 'NameID', target: 'externalId' } as const

/** Both identifiers are the externalId, whichever of them the sign-in sends as its subject. */
const mia = (externalId: string) => ({ id: externalId, name: externalId })

test.each(PLAIN.map((kind) => [kind.name, kind] as const))(
  '%s: the user with the externalId signs in, in exactly its case',
  async (_, kind: Kind) => {
    const idp = await at.connect(kind, { matching: RULE })
    const { json } = await idp.post('/Users', { userName: 'mia', externalId: 'Mia-7' })
    expect((await at.signIn(idp, kind, mia('Mia-7'))).user).toBe(json.id)
    expect((await at.signIn(idp, kind, mia('mia-7'))).user).toBeUndefined()
  },
)

test.each(PLAIN.map((kind) => [kind.name, kind] as const))(
  '%s: an externalId that two users have signs nobody in',
  async (_, kind: Kind) => {
    const idp = await at.connect(kind)
    for (const userName of ['mia', 'eve']) await idp.post('/Users', { userName, externalId: 'shared' })
    // The doors refuse such a rule while users share an externalId; data from elsewhere may hold both.
    await at.house.db.run(
      { tenantId: at.tenantId },
      sql`update identity_provider set matching = ${JSON.stringify(RULE)} where id = ${idp.id}`,
    )
    const refused = await at.signIn(idp, kind, mia('shared'))
    expect([refused.user, refused.reason]).toEqual([undefined, 'ambiguous-external-id'])
    expect(refused.page.text).toContain('an identifier that several accounts have')
  },
)
