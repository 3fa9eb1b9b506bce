// A house whose identity providers vouch for whoever a test names, in whichever way it names them.
import { randomUUID } from 'node:crypto'
import { en } from '#http/texts/en.ts'
import type { NewIdentityProvider } from '#identity-providers/create.ts'
import { sql } from '#platform/database/sql.ts'
import { findSession } from '#sign-in/sessions/sessions.ts'
import { type House, type HouseWish, openHouse, type ProvidedIdp } from '../../harness.ts'
import { type KeyPair, keyPair } from '../key-pair.ts'
import { ISSUER } from '../lying-idp.ts'
import { type LyingProvider, openLyingProvider } from '../lying-provider.ts'
import { begin as beginOidc, callback } from '../lying-provider-house.ts'
import { answerTo, begin as beginSaml, FROM_IDP, partiesAt } from '../saml-house.ts'
import { openTraveller, type Page, type Traveller } from '../traveller.ts'
import { FORMATS, type Kind, nameIdOf, type Someone } from './kinds.ts'

export interface Outcome {
  /** Whose session it is; undefined: there is none. */
  readonly user: string | undefined
  /** Why not: what the page says, and the activity log too. */
  readonly reason: string | undefined
  readonly page: Page
  readonly traveller: Traveller
}

export interface IdentityHouse {
  readonly house: House
  readonly tenantId: string
  connect(kind: Kind, settings?: Partial<NewIdentityProvider>): Promise<ProvidedIdp>
  signIn(idp: ProvidedIdp, kind: Kind, someone: Someone): Promise<Outcome>
  /**
   * Each in a browser of its own: all arrive at the same moment, and then all go on at the same moment.
   * @param meanwhile happens while they go on
   */
  signInTogether(
    idp: ProvidedIdp,
    kind: Kind,
    people: readonly Someone[],
    meanwhile?: () => Promise<unknown>,
  ): Promise<Outcome[]>
  close(): Promise<void>
}

interface Far {
  readonly house: House
  readonly key: KeyPair
  readonly provider: LyingProvider
}

/** Somebody on the way back from the identity provider. */
interface Way {
  readonly traveller: Traveller
  /** Takes the answer to us, and no step further. */
  arrive(): Promise<Page>
}

export async function openIdentityHouse(wish?: HouseWish): Promise<IdentityHouse> {
  const house = await openHouse(wish)
  const tenantId = await house.tenant('acme')
  const far: Far = { house, key: await keyPair(), provider: await openLyingProvider() }

  async function outcome({ traveller }: Way, arrived: Page): Promise<Outcome> {
    const page = arrived.status === 303 ? await traveller.get(`${house.url}/sign-in/next`) : arrived
    const session = await findSession(house.db, traveller.cookie(house.url, 'doorlist'))
    const reason = session ? undefined : await reasonOf(house, tenantId, page)
    return { user: session?.userId, reason, page, traveller }
  }

  async function signInTogether(
    idp: ProvidedIdp,
    kind: Kind,
    people: readonly Someone[],
    meanwhile: () => Promise<unknown> = async () => {},
  ) {
    const ways: Way[] = []
    for (const someone of people) ways.push(await wayBack(far, idp, kind, someone))
    const arrived = await Promise.all(ways.map((way) => way.arrive()))
    const happens = meanwhile()
    const outcomes = await Promise.all(ways.map((way, at) => outcome(way, arrived[at] as Page)))
    await happens
    return outcomes
  }

  return {
    house,
    tenantId,
    connect: ({ format, matching }, settings = {}) => {
      const { issuer, clientId, clientSecret } = far.provider
      const { certificate: certificates } = far.key
      return house.connect(tenantId, {
        type: format ? 'saml' : 'oidc',
        name: `IdP ${randomUUID()}`,
        mfa: 'none',
        details: format
          ? { entityIssuer: ISSUER, ssoUrl: 'https://idp.example/sso', certificates }
          : { issuer, clientId, clientSecret },
        matching,
        ...settings,
      })
    },
    signIn: async (idp, kind, someone) => (await signInTogether(idp, kind, [someone]))[0] as Outcome,
    signInTogether,
    async close() {
      await house.close()
      await far.provider.close()
    },
  }
}

async function wayBack({ house, key, provider }: Far, idp: ProvidedIdp, { format }: Kind, someone: Someone) {
  const traveller = openTraveller()
  if (format === undefined) {
    const state = await beginOidc(house, idp, provider, traveller)
    const code = randomUUID()
    const { id: sub, name, alias } = someone
    const email = `${sub}@mail.example`
    const claims = { sub, preferred_username: name, email, oid: sub, alias, nonce: provider.nonce }
    provider.claimsByCode.set(code, claims)
    const url = callback(house, idp, provider, state, { code })
    return { traveller, arrive: () => traveller.step('GET', url) }
  }
  const request = await beginSaml(house, idp, traveller)
  const SAMLResponse = answerTo(house, idp, key, request, {
    nameId: nameIdOf(format, someone),
    nameIdAttributes: ` Format="${FORMATS[format]}"`,
    attributes: { uid: someone.name, oid: someone.id, alias: someone.alias ?? someone.name },
  })
  const { acsUrl } = partiesAt(house, idp)
  return { traveller, arrive: () => traveller.step('POST', acsUrl, { SAMLResponse }, FROM_IDP) }
}

/** Why this page refuses, which the activity log has to say as well. Two may be refused at once, each for its own reason. */
async function reasonOf(house: House, tenantId: string, page: Page): Promise<string> {
  if (page.status !== 403) return `status ${page.status}`
  const [reason] = Object.entries(en.denials).find(([, sentence]) => page.text.includes(sentence)) ?? []
  if (reason === undefined) return 'status 403'
  await house.activity.flush()
  const [event] = await house.db.run<{ id: string }>(
    { tenantId },
    sql`select id from activity_event where tenant_id = ${tenantId} and result = 'failure'
      and change::jsonb->>'reason' = ${reason} limit 1`,
  )
  return event ? reason : `${reason}, but not in the log`
}
