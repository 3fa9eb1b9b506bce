// A house with a SAML identity provider that lies when it is told to, and the way through its door.
import { inflateRawSync } from 'node:zlib'
import { expect } from 'vitest'
import type { GivenDetails } from '#identity-providers/details/details.ts'
import { serviceProviderOf } from '#identity-providers/details/service-provider.ts'
import type { GivenSettings } from '#identity-providers/settings.ts'
import type { House, ProvidedIdp } from '../harness.ts'
import type { KeyPair } from './key-pair.ts'
import { ISSUER, response, type Said } from './lying-idp.ts'
import { openTraveller, type Page, type Traveller } from './traveller.ts'

export const SSO = 'https://idp.example/sso'
export const SLO = 'https://idp.example/slo'

export function connectSaml(
  house: House,
  tenantId: string,
  name: string,
  key: KeyPair,
  { details, ...settings }: Omit<GivenSettings, 'name'> & { readonly details?: GivenDetails } = {},
): Promise<ProvidedIdp> {
  return house.connect(tenantId, {
    type: 'saml',
    name,
    mfa: 'none',
    details: { entityIssuer: ISSUER, ssoUrl: SSO, certificates: key.certificate, ...details },
    ...settings,
  })
}

export function partiesAt(house: House, { id }: ProvidedIdp) {
  const { entityId = '', acsUrl = '', logoutUrl = '' } = serviceProviderOf(house.url, id, 'saml')
  return { entityId, acsUrl, logoutUrl }
}

/** Goes to the identity provider. @returns ID of the AuthnRequest that was sent there */
export async function begin(
  house: House,
  idp: ProvidedIdp,
  traveller: Traveller,
  returnTo = '/',
): Promise<string> {
  const start = `${house.url}/sign-in/with/${idp.id}?${new URLSearchParams({ return_to: returnTo })}`
  const step = await traveller.step('GET', start)
  expect(step.status).toBe(303)
  return /\bID="([^"]+)"/.exec(messageIn(step.headers.location ?? ''))?.[1] ?? ''
}

/** The XML of a message that a redirect carries. */
export function messageIn(location: string, field = 'SAMLRequest'): string {
  const message = new URL(location).searchParams.get(field) ?? ''
  return inflateRawSync(Buffer.from(message, 'base64')).toString()
}

export type Lies = Partial<Said>

/** What an honest identity provider would say, but for the lies. */
export function answerTo(
  house: House,
  idp: ProvidedIdp,
  key: KeyPair,
  id: string | null,
  lies: Lies = {},
): string {
  const { entityId, acsUrl } = partiesAt(house, idp)
  return response({ key, nameId: 'alice@a.example', entityId, acsUrl, inResponseTo: id, ...lies })
}

/** A whole sign-in: there, and back with what is said. */
export async function signIn(
  house: House,
  idp: ProvidedIdp,
  key: KeyPair,
  lies: Lies = {},
  traveller = openTraveller(),
): Promise<Page> {
  const id = await begin(house, idp, traveller)
  return bring(house, idp, traveller, answerTo(house, idp, key, id, lies))
}

export function bring(
  house: House,
  idp: ProvidedIdp,
  traveller: Traveller,
  message: string,
  form: Record<string, string> = {},
): Promise<Page> {
  return traveller.post(partiesAt(house, idp).acsUrl, { SAMLResponse: message, ...form }, FROM_IDP)
}

export const FROM_IDP = { origin: 'https://idp.example', 'sec-fetch-site': 'cross-site' }

export async function provision(idp: ProvidedIdp, userName: string): Promise<string> {
  const answer = await idp.post('/Users', { userName, displayName: `${userName} provisioned` })
  expect(answer.status).toBe(201)
  return answer.json.id
}
