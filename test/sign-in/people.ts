// People of an OpenID provider at the door: provisioned over SCIM, signed in, and asked for what the administrator set.
import { Secret, TOTP } from 'otpauth'
import type { NewIdentityProvider } from '#identity-providers/create.ts'
import { type House, type HouseWish, openHouse, type ProvidedIdp } from '../harness.ts'
import type { ApiClient } from '../portal-client.ts'
import { openProvider, type TestProvider } from './provider.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

export interface People {
  readonly house: House
  readonly tenantId: string
  readonly provider: TestProvider
  /** As one-time codes by time see it. */
  now: Date
  /** As which the service is reached; where it listens when undefined. Passkeys need a host name. */
  publicUrl: string | undefined
  administrator(): Promise<ApiClient>
  connect(settings: Omit<NewIdentityProvider, 'type' | 'details' | 'name'>): Promise<ProvidedIdp>
  /** Provisions a person. @returns their id */
  provision(idp: ProvidedIdp, name: string, more?: object): Promise<string>
  /** As the provider vouches for this person. */
  signIn(idp: ProvidedIdp, name: string, traveller?: Traveller): Promise<{ at: Traveller; page: Page }>
  post(at: Traveller, path: string, form: Record<string, string>): Promise<Page>
  close(): Promise<void>
}

export async function openPeople(wish: HouseWish = {}): Promise<People> {
  const idps: ProvidedIdp[] = []
  let at = ''
  const provider = await openProvider(() =>
    idps.flatMap(({ id }) =>
      [at, at.replace('127.0.0.1', 'localhost')].map((origin) => `${origin}/oidc/${id}/callback`),
    ),
  )
  const people = { now: new Date(), publicUrl: undefined as string | undefined }
  const house = await openHouse({
    clock: () => people.now,
    publicUrl: () => people.publicUrl ?? at,
    ...wish,
  })
  at = house.url
  const tenantId = await house.tenant('acme')
  let count = 0
  let administrator: Promise<ApiClient> | undefined
  return Object.assign(people, {
    house,
    tenantId,
    provider,
    administrator: () => {
      administrator ??= house.administrator(tenantId, 'admin')
      return administrator
    },
    async connect(settings) {
      const { issuer, clientId, clientSecret } = provider
      const idp = await house.connect(tenantId, {
        type: 'oidc',
        name: `IdP ${++count}`,
        details: { issuer, clientId, clientSecret },
        ...settings,
      })
      idps.push(idp)
      return idp
    },
    async provision(idp, name, more = {}) {
      const answer = await idp.post('/Users', { userName: mailOf(name), displayName: name, ...more })
      if (answer.status !== 201) throw new Error(answer.text)
      return answer.json.id
    },
    async signIn(idp, name, traveller = openTraveller()) {
      const email = mailOf(name)
      provider.person = { sub: `sub-${name}`, claims: { preferred_username: email, email, name } }
      return { at: traveller, page: await traveller.get(`${house.url}/sign-in/with/${idp.id}`) }
    },
    post: (traveller, path, form) => traveller.post(house.url + path, form),
    async close() {
      await house.close()
      await provider.close()
    },
  } satisfies Omit<People, 'now' | 'publicUrl'>)
}

export function mailOf(name: string): string {
  return `${name}@example.com`
}

/** Value of a hidden field of a page's form. */
export function hidden({ text }: Page, name: string): string {
  return new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
}

/** What the page's passkey form hands to the browser. */
export function passkeyOptions({ text }: Page): { challenge: string } {
  const json = /data-options="([^"]*)"/.exec(text)?.[1] ?? 'null'
  return JSON.parse(json.replaceAll('&quot;', '"').replaceAll('&amp;', '&'))
}

export function recoveryCodesOf({ text }: Page): string[] {
  return [...text.matchAll(/<li><code>([^<]+)<\/code>/g)].map(([, code = '']) => code)
}

/** The authenticator app of whoever scans the page. */
export function authenticatorApp(page: Page, now: () => Date) {
  const base32 = (/<p class="secret"><code>([^<]+)</.exec(page.text)?.[1] ?? '').replaceAll(' ', '')
  const totp = new TOTP({ secret: Secret.fromBase32(base32) })
  return { secret: base32, code: () => totp.generate({ timestamp: now().getTime() }) }
}

/** What an identity provider sends when somebody leaves, or comes back. */
export function active(value: boolean) {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
    Operations: [{ op: 'replace', path: 'active', value }],
  }
}
