// Sequences of renames, recycled names, deletions, changes of the rule and sign-ins, one or two at a time, by every kind of
// identifier, against a model in memory. The invariant: no sign-in ever yields a user whom neither a stable link nor today's
// provisioned name identifies. What fails is shrunk; fast-check prints the seed to repeat it with.
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { sql } from '#platform/database/sql.ts'
import { isSameName } from '#protocol/scim/values/same-name.ts'
import { unlinkUser } from '#sign-in/identity/links.ts'
import type { ProvidedIdp } from '../harness.ts'
import { type IdentityHouse, openIdentityHouse } from '../sign-in/identity/identity-house.ts'
import { type Kind, nameKinds, type Someone } from '../sign-in/identity/kinds.ts'
import {
  emptyModel,
  expected,
  holderOf,
  type IdentityModel,
  identifies,
  replaceEachOther,
  signedIn,
  unlink,
} from './identity-model.ts'

let at: IdentityHouse
beforeAll(async () => {
  at = await openIdentityHouse()
})
afterAll(() => at?.close())

interface Real {
  readonly idp: ProvidedIdp
  /** One of OpenID Connect, or several formats of one SAML identity provider. */
  readonly kinds: readonly Kind[]
}
type Command = fc.AsyncCommand<IdentityModel, Real>

/** Few, so that they are used again; with other cases and look-alikes of them. */
const NAMES = ['mia', 'MIA', 'ｍia', 'ben', 'Ben', 'finn', 'ﬁnn', 'zo\u00eb', 'zoe\u0308']
const PEOPLE = ['person-1', 'person-2', 'person-3']

const name = fc.constantFrom(...NAMES)
const person = fc.constantFrom(...PEOPLE)
const place = fc.nat(20)

function someone(model: IdentityModel, id: string): Someone {
  return { id, name: model.names.get(id) ?? 'mia' }
}

function pick<Item>(items: Iterable<Item>, at: number): Item | undefined {
  const all = [...items]
  return all.length === 0 ? undefined : all[at % all.length]
}

function command(label: string, run: (model: IdentityModel, real: Real) => Promise<void> | void): Command {
  return { check: () => true, run: async (model, real) => run(model, real), toString: () => label }
}

const provision = name.map((userName) =>
  command(`provision ${userName}`, async (model, { idp }) => {
    const { status, json } = await idp.post('/Users', { userName })
    const holder = holderOf(model, userName)
    const user = holder === undefined ? undefined : model.users.get(holder)
    const isAdopted = user !== undefined && !user.provisioned && isSameName(user.name, userName)
    expect(status).toBe(user === undefined || isAdopted ? 201 : 409)
    if (isAdopted) expect(json.id).toBe(holder)
    if (status === 201) model.users.set(json.id, { name: userName, provisioned: true })
  }),
)

const rename = fc.tuple(place, name).map(([which, userName]) =>
  command(`rename user ${which} to ${userName}`, async (model, { idp }) => {
    const [id, user] = pick(model.users, which) ?? []
    if (id === undefined || !user?.provisioned) return
    const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
    const Operations = [{ op: 'replace', path: 'userName', value: userName }]
    const { status } = await idp.patch(`/Users/${id}`, { schemas, Operations })
    const holder = holderOf(model, userName)
    expect(status).toBe(holder === undefined || holder === id ? 200 : 409)
    if (status === 200) user.name = userName
  }),
)

const remove = place.map((which) =>
  command(`delete user ${which}`, async (model, { idp }) => {
    const [id] = pick(model.users, which) ?? []
    if (id === undefined) return
    expect((await idp.delete(`/Users/${id}`)).status).toBe(204)
    model.users.delete(id)
    unlink(model, id)
  }),
)

const renamePerson = fc
  .tuple(person, name)
  .map(([id, called]) =>
    command(
      `${id} is called ${called} at the identity provider`,
      (model) => void model.names.set(id, called),
    ),
  )

const signIn = fc.tuple(person, place).map(([id, which]) =>
  command(`${id} signs in, format ${which}`, async (model, { idp, kinds }) => {
    const kind = pick(kinds, which) as Kind
    const who = someone(model, id)
    const wanted = expected(model, kind, who)
    const { user, reason } = await at.signIn(idp, kind, who)
    if (user === undefined) return void expect(reason).toBe(wanted)
    if (wanted === 'joins') expect(model.users.has(user)).toBe(false)
    else {
      expect(user).toBe(wanted)
      expect(identifies(model, kind, who, user)).toBe(true)
    }
    signedIn(model, kind, who, user)
  }),
)

/** A newcomer whose name was free came before the known user, who could have taken it; else the known user gave it up. */
function rankOf(model: IdentityModel, user: string, { name }: Someone): number {
  if (model.users.has(user)) return 1
  return holderOf(model, name) === undefined ? 0 : 2
}

/** Which of the two comes first is open. */
const signInTogether = fc.tuple(person, person, place).map(([one, other, which]) =>
  command(`${one} and ${other} sign in together, format ${which}`, async (model, { idp, kinds }) => {
    const kind = pick(kinds, which) as Kind
    const people = [someone(model, one), someone(model, other)] as const
    const allowed = people.map((who) => expected(model, kind, who))
    const isReplaced = replaceEachOther(model, kind, ...people)
    const outcomes = await at.signInTogether(idp, kind, people)
    const signedInUsers = outcomes.flatMap(({ user }, place) =>
      user === undefined ? [] : [{ user, who: people[place] as Someone }],
    )
    const ranked = signedInUsers.map((one) => ({ ...one, rank: rankOf(model, one.user, one.who) }))
    for (const { user, who } of ranked.sort((a, b) => a.rank - b.rank)) {
      const isNew = !model.users.has(user)
      if (isNew) expect([holderOf(model, who.name), model.isSelfService]).toEqual([undefined, true])
      else expect(identifies(model, kind, who, user)).toBe(true)
      signedIn(model, kind, who, user)
    }
    // Nobody is kept out but for a reason that there was before the other one came, or is now.
    allowed.push(
      ...people.map((who) => expected(model, kind, who)),
      ...(model.isSelfService ? ['status 409'] : []),
      ...(isReplaced && signedInUsers.length === 1 ? ['status 401'] : []),
    )
    for (const { user, reason = '' } of outcomes) if (user === undefined) expect(allowed).toContain(reason)
    await expectLinks(model, idp)
  }),
)

const endLink = place.map((which) =>
  command(`unlink user ${which}`, async (model, { idp }) => {
    const user = pick(new Set(model.links.values()), which)
    if (user === undefined) return
    await unlinkUser(at.house.db, idp.operator, user)
    unlink(model, user)
  }),
)

const changeRule = fc.constantFrom('uid', 'alias').map((source) =>
  command(`match by ${source}`, async (model, { idp, kinds }) => {
    if (kinds[0]?.format === undefined) return
    const before = await matchingOf(idp)
    await changeIdentityProvider(at.house.db, idp.operator, idp.id, {
      matching: { source, target: 'userName' },
      dropLinks: true,
    })
    if (before !== source) model.links.clear()
  }),
)

async function matchingOf(idp: ProvidedIdp): Promise<string | undefined> {
  const [row] = await at.house.db.run<{ source: string }>(
    { tenantId: at.tenantId },
    sql`select matching->>'source' as source from identity_provider where id = ${idp.id}`,
  )
  return row?.source
}

async function expectLinks(model: IdentityModel, idp: ProvidedIdp): Promise<void> {
  const rows = await at.house.db.run<{ identifier: string; user: string }>(
    { tenantId: at.tenantId },
    sql`select identifier, user_id as user from user_identity where idp_id = ${idp.id}`,
  )
  expect(new Map(rows.map(({ identifier, user }) => [identifier, user]))).toEqual(model.links)
  expect(new Set(model.links.values()).size).toBe(model.links.size)
}

const COMMANDS = [
  provision,
  rename,
  remove,
  renamePerson,
  renamePerson,
  signIn,
  signIn,
  signIn,
  signInTogether,
  endLink,
  changeRule,
]

test.each([
  ['OpenID Connect', 'admin'],
  ['OpenID Connect', 'self'],
  ['SAML', 'admin'],
  ['SAML', 'self'],
] as const)(
  '%s, enrollment by %s: whoever signs in is linked to the user or has the name of the user',
  {
    timeout: 90_000,
  },
  async (protocol, enroll) => {
    const kinds = nameKinds(protocol)
    await fc.assert(
      fc.asyncProperty(fc.commands(COMMANDS, { maxCommands: 40, size: 'max' }), async (sequence) => {
        const real = { idp: await at.connect(kinds[0] as Kind, { enroll }), kinds }
        const model = emptyModel(enroll === 'self')
        await fc.asyncModelRun(() => ({ model, real }), sequence)
        await expectLinks(model, real.idp)
      }),
      {
        numRuns: Number(process.env.MODEL_RUNS ?? 10),
        interruptAfterTimeLimit: 20_000,
        endOnFailure: false,
      },
    )
  },
)
