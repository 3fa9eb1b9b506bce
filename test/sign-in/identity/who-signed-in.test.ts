// Which user signs in: each kind of identifier, through everything that happens to names, with provisioning and without.
// What is expected stands in the table below; a step is what happens, and then who somebody is found to be.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeIdentityProvider } from '#identity-providers/change.ts'
import { EndsLinks } from '#identity-providers/identification.ts'
import { sql } from '#platform/database/sql.ts'
import type { ProvidedIdp } from '../../harness.ts'
import { type IdentityHouse, openIdentityHouse } from './identity-house.ts'
import { type Format, KINDS, type Kind, type Someone } from './kinds.ts'

type Mode = 'SCIM' | 'sign-in only'

/** What a case works with. Users are named by letters, in the order in which they came to be. */
interface Case {
  readonly kind: Kind
  readonly mode: Mode
  readonly idp: ProvidedIdp
  /** Provisions a user, where the identity provider does that. @returns the letter */
  provision(name: string): Promise<string>
  rename(letter: string, name: string): Promise<void>
  remove(letter: string): Promise<void>
  /** @returns the letter of the user who is signed in, or why nobody is */
  signIn(someone: Someone, kind?: Kind): Promise<string>
  signInTogether(people: readonly Someone[]): Promise<string[]>
  /** @returns how many links ended */
  changeRule(source: string): Promise<number>
  links(): Promise<number>
}

interface Event {
  readonly name: string
  run(on: Case): Promise<readonly string[]>
  /** By `${mode}, ${stable ? 'stable' : 'name'}`. */
  readonly expected: Readonly<Record<`${Mode}, ${'stable' | 'name'}`, readonly string[]>>
}

const MIA: Someone = { id: 'id-1', name: 'mia.old@a.example' }
const MIA_RENAMED: Someone = { id: 'id-1', name: 'mia.new@a.example' }
const SUCCESSOR: Someone = { id: 'id-2', name: 'mia.old@a.example' }
const BEN: Someone = { id: 'id-2', name: 'ben@a.example' }

const EVENTS: readonly Event[] = [
  {
    name: 'a rename',
    async run(on) {
      await on.provision(MIA.name)
      const before = await on.signIn(MIA)
      await on.rename('A', MIA_RENAMED.name)
      return [before, await on.signIn(MIA_RENAMED)]
    },
    expected: {
      'SCIM, stable': ['A', 'A'],
      'SCIM, name': ['A', 'A'],
      'sign-in only, stable': ['A', 'A'],
      // Nothing says that it is the same person.
      'sign-in only, name': ['A', 'B'],
    },
  },
  {
    name: 'a recycled name',
    async run(on) {
      await on.provision(MIA.name)
      const before = await on.signIn(MIA)
      await on.rename('A', MIA_RENAMED.name)
      await on.provision(SUCCESSOR.name)
      const renamed = await on.signIn(MIA_RENAMED)
      return [before, renamed, await on.signIn(SUCCESSOR), await on.signIn(MIA_RENAMED)]
    },
    expected: {
      'SCIM, stable': ['A', 'A', 'B', 'A'],
      'SCIM, name': ['A', 'A', 'B', 'A'],
      'sign-in only, stable': ['A', 'A', 'B', 'A'],
      // The name is the account, whoever has it now.
      'sign-in only, name': ['A', 'B', 'A', 'B'],
    },
  },
  {
    name: 'a name recycled before anybody is told',
    async run(on) {
      await on.provision(MIA.name)
      return [await on.signIn(MIA), await on.signIn(SUCCESSOR), await on.signIn(MIA_RENAMED)]
    },
    expected: {
      'SCIM, stable': ['A', 'linked-to-another', 'A'],
      // SCIM says that it is this user's name, until it says something else.
      'SCIM, name': ['A', 'A', 'not-on-the-list'],
      'sign-in only, stable': ['A', 'linked-to-another', 'A'],
      'sign-in only, name': ['A', 'A', 'B'],
    },
  },
  {
    name: 'a swap of two names',
    async run(on) {
      await on.provision(MIA.name)
      await on.provision(BEN.name)
      const before = [await on.signIn(MIA), await on.signIn(BEN)]
      await on.rename('A', 'between@a.example')
      await on.rename('B', MIA.name)
      await on.rename('A', BEN.name)
      const swapped = [
        { ...MIA, name: BEN.name },
        { ...BEN, name: MIA.name },
      ]
      return [...before, await on.signIn(swapped[0] as Someone), await on.signIn(swapped[1] as Someone)]
    },
    expected: {
      'SCIM, stable': ['A', 'B', 'A', 'B'],
      'SCIM, name': ['A', 'B', 'A', 'B'],
      'sign-in only, stable': ['A', 'B', 'A', 'B'],
      'sign-in only, name': ['A', 'B', 'B', 'A'],
    },
  },
  {
    name: 'a change of case',
    async run(on) {
      await on.provision(MIA.name)
      return [
        await on.signIn(MIA),
        await on.signIn({ ...MIA, name: 'Mia.OLD@A.example' }),
        await on.signIn(MIA),
      ]
    },
    expected: {
      'SCIM, stable': ['A', 'A', 'A'],
      'SCIM, name': ['A', 'A', 'A'],
      'sign-in only, stable': ['A', 'A', 'A'],
      'sign-in only, name': ['A', 'A', 'A'],
    },
  },
  {
    name: 'a deletion and a new user of the same name',
    async run(on) {
      await on.provision(MIA.name)
      const before = await on.signIn(MIA)
      await on.remove('A')
      const gone = await on.signIn(MIA)
      await on.provision(MIA.name)
      return [before, gone, await on.signIn(MIA)]
    },
    expected: {
      'SCIM, stable': ['A', 'not-on-the-list', 'B'],
      'SCIM, name': ['A', 'not-on-the-list', 'B'],
      // Deleted by an administrator, and nobody but one brings the user back.
      'sign-in only, stable': ['A', 'deleted', 'deleted'],
      'sign-in only, name': ['A', 'deleted', 'deleted'],
    },
  },
  {
    name: 'another format or identifier for the same person',
    async run(on) {
      await on.provision(MIA.name)
      const before = await on.signIn(MIA)
      return [before, await on.signIn(...switched(on.kind)), await on.signIn(MIA)]
    },
    expected: {
      // Of OpenID, and of a NameID that stays opaque: see `switched`.
      'SCIM, stable': ['A', 'see below', 'A'],
      'SCIM, name': ['A', 'A', 'A'],
      'sign-in only, stable': ['A', 'see below', 'A'],
      'sign-in only, name': ['A', 'A', 'A'],
    },
  },
  {
    name: 'another rule',
    async run(on) {
      await on.provision(MIA.name)
      const before = [await on.signIn(MIA), String(await on.links())]
      const ended = await on.changeRule('alias')
      // Neither the link of before nor the rule of before finds anybody.
      const after = [await on.signIn({ ...MIA, name: BEN.name, alias: MIA.name })]
      return [...before, String(ended), ...after]
    },
    expected: {
      'SCIM, stable': ['A', '1', '1', 'A'],
      'SCIM, name': ['A', '0', '0', 'A'],
      'sign-in only, stable': ['A', '1', '1', 'A'],
      'sign-in only, name': ['A', '0', '0', 'A'],
    },
  },
  {
    name: 'two at once',
    async run(on) {
      await on.provision(MIA.name)
      const outcomes = await on.signInTogether([MIA, SUCCESSOR])
      return [...outcomes.sort(), `${await on.links()} linked`]
    },
    expected: {
      'SCIM, stable': ['A', 'linked-to-another', '1 linked'],
      'SCIM, name': ['A', 'A', '0 linked'],
      'sign-in only, stable': ['A', 'linked-to-another', '1 linked'],
      'sign-in only, name': ['A', 'A', '0 linked'],
    },
  },
]

/** The same person, as the identity provider names them after a change there. */
function switched(kind: Kind): [Someone, Kind] {
  const to: Partial<Record<Format, Format>> = {
    email: 'unspecified',
    unspecified: 'email',
    persistent: 'unspecified',
    transient: 'persistent',
  }
  if (kind.format === undefined) return [{ ...MIA, id: 'another-sub' }, kind]
  return [MIA, { ...kind, format: to[kind.format] as Format }]
}

/** Another `sub` is another identity; without a persistent NameID, the name finds the user. */
const SWITCHED: Readonly<Record<string, string>> = { 'OIDC sub': 'linked-to-another', 'SAML persistent': 'A' }

let at: IdentityHouse
beforeAll(async () => {
  at = await openIdentityHouse()
})
afterAll(() => at?.close())

async function openCase(kind: Kind, mode: Mode): Promise<Case> {
  const { house, tenantId } = at
  const administrator = await house.administrator(tenantId)
  const isProvisioned = mode === 'SCIM'
  const idp = await at.connect(kind, { enroll: isProvisioned ? 'admin' : 'self' })
  const ids: string[] = []
  const letterOf = (id: string) => {
    if (!ids.includes(id)) ids.push(id)
    return String.fromCharCode(65 + ids.indexOf(id))
  }
  const idOf = (letter: string) => ids[letter.charCodeAt(0) - 65] ?? ''
  const told = ({ user, reason }: { user: string | undefined; reason: string | undefined }) =>
    user === undefined ? String(reason) : letterOf(user)
  return {
    kind,
    mode,
    idp,
    async provision(name) {
      if (!isProvisioned) return ''
      const { status, json } = await idp.post('/Users', { userName: name })
      expect(status).toBe(201)
      return letterOf(json.id)
    },
    async rename(letter, userName) {
      if (!isProvisioned) return
      const Operations = [{ op: 'replace', path: 'userName', value: userName }]
      const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp']
      expect((await idp.patch(`/Users/${idOf(letter)}`, { schemas, Operations })).status).toBe(200)
    },
    async remove(letter) {
      if (isProvisioned) expect((await idp.delete(`/Users/${idOf(letter)}`)).status).toBe(204)
      else expect((await administrator.delete(`/users/${idOf(letter)}`)).status).toBe(204)
    },
    signIn: async (someone, as = kind) => told(await at.signIn(idp, as, someone)),
    signInTogether: async (people) => (await at.signInTogether(idp, kind, people)).map(told),
    async changeRule(source) {
      const matching = { source, target: 'userName' } as const
      const change = (dropLinks: boolean) =>
        changeIdentityProvider(house.db, idp.operator, idp.id, { matching, dropLinks })
      const ended = await change(false).then(
        () => 0,
        (error: unknown) => (error instanceof EndsLinks ? error.links : -1),
      )
      if (ended > 0) await change(true)
      return ended
    },
    async links() {
      const rows = await house.db.run({ tenantId }, sql`select from user_identity where idp_id = ${idp.id}`)
      return rows.length
    },
  }
}

const CASES = EVENTS.flatMap((event) =>
  KINDS.flatMap((kind) => (['SCIM', 'sign-in only'] as const).map((mode) => ({ event, kind, mode }))),
)

test.each(CASES.map((one) => [one.kind.name, one.event.name, one.mode, one] as const))(
  '%s, %s, %s: everybody is found to be who they are',
  async (_, __, ___, { event, kind, mode }) => {
    const on = await openCase(kind, mode)
    const expected = event.expected[`${mode}, ${kind.stable ? 'stable' : 'name'}`]
    const told = expected.map((one) => (one === 'see below' ? SWITCHED[kind.name] : one))
    expect(await event.run(on)).toEqual(told)
  },
)
