// The way of a browser to the lying provider and back, each step by itself.
import type { GivenSettings } from '#identity-providers/settings.ts'
import type { House, ProvidedIdp } from '../harness.ts'
import type { LyingProvider } from './lying-provider.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

export function connectLiar(
  house: House,
  tenantId: string,
  name: string,
  { issuer, clientId, clientSecret }: LyingProvider,
  settings: Omit<GivenSettings, 'name'> = {},
): Promise<ProvidedIdp> {
  const details = { issuer, clientId, clientSecret }
  return house.connect(tenantId, { type: 'oidc', name, mfa: 'none', details, ...settings })
}

/** Goes there. @returns the state that has to come back */
export async function begin(
  house: House,
  idp: ProvidedIdp,
  provider: LyingProvider,
  traveller: Traveller,
): Promise<string> {
  const step = await traveller.step('GET', `${house.url}/sign-in/with/${idp.id}`)
  const { searchParams } = new URL(step.headers.location ?? '')
  provider.nonce = searchParams.get('nonce') ?? ''
  return searchParams.get('state') ?? ''
}

export function callback(
  house: House,
  idp: ProvidedIdp,
  provider: LyingProvider,
  state: string,
  more: Record<string, string> = {},
): string {
  const answer = new URLSearchParams({ code: 'abc', state, iss: provider.issuer, ...more })
  return `${house.url}/oidc/${idp.id}/callback?${answer}`
}

/** A whole sign-in: there, and back. */
export async function signIn(
  house: House,
  idp: ProvidedIdp,
  provider: LyingProvider,
  traveller = openTraveller(),
): Promise<Page> {
  const state = await begin(house, idp, provider, traveller)
  return traveller.get(callback(house, idp, provider, state))
}

/** Claims of somebody. */
export function person(name: string) {
  const email = `${name}@a.example`
  return { sub: `sub-${name}`, preferred_username: email, email, email_verified: true }
}
