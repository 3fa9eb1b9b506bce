// The sign-in details of an identity provider: what is given is checked, what is not yet given is allowed to be missing
// until auto-provisioning is switched on. Whether the far side answers is not asked here. Pure.
import { Invalid, Refused } from '#errors.ts'
import type { ProviderType } from '../identity-providers.ts'
import { demandHttpsUrl, demandText, isLoopback } from '../text-rules.ts'
import { readCertificates } from './certificates.ts'

/** As they are stored and shown; the client secret is kept apart, sealed. */
export interface Details {
  /** saml: the identity provider's entityID. */
  readonly entityIssuer?: string
  /** saml: where an AuthnRequest is sent. */
  readonly ssoUrl?: string
  /** saml: how it is sent there; redirect where it is not said. */
  readonly ssoBinding?: SsoBinding
  /** saml: where a LogoutRequest is sent. */
  readonly sloUrl?: string
  /** saml: the NameIDPolicy that is asked for. */
  readonly nameIdFormat?: string
  /** saml: where its metadata was read, and can be read again. */
  readonly metadataUrl?: string
  /** saml: PEM, one text for each. */
  readonly certificates?: readonly string[]
  /** saml: our requests carry a signature. */
  readonly signRequests?: boolean
  /** saml: people may come from the identity provider's own page, without a request of ours. */
  readonly idpInitiated?: boolean
  /** oidc */
  readonly issuer?: string
  /** oidc */
  readonly clientId?: string
  /** oidc: how the client secret is sent; basic where it is not said. */
  readonly clientAuthentication?: ClientAuthentication
  /** oidc; `openid` is always among them. */
  readonly scopes?: readonly string[]
}

export type SsoBinding = 'redirect' | 'post'
export type ClientAuthentication = 'basic' | 'post'

/** As they are given. */
export type GivenDetails = {
  readonly [Field in Exclude<keyof Details, 'certificates'>]?: Details[Field] | undefined
} & {
  /** PEM text that holds one or more certificates. */
  readonly certificates?: string | undefined
  readonly clientSecret?: string | undefined
}

type Field = keyof GivenDetails
/** What is undefined is left as it is, null is taken away. */
export type DetailsChange = { readonly [Name in Field]?: GivenDetails[Name] | null }

const FIELDS: Record<ProviderType, readonly Field[]> = {
  local: [],
  saml: [
    'entityIssuer',
    'ssoUrl',
    'ssoBinding',
    'sloUrl',
    'nameIdFormat',
    'metadataUrl',
    'certificates',
    'signRequests',
    'idpInitiated',
  ],
  oidc: ['issuer', 'clientId', 'clientSecret', 'clientAuthentication', 'scopes'],
}
/** Whether a field of this name is one of the details, of whatever type. */
export function isDetail(field: string): boolean {
  return Object.values(FIELDS).some((fields) => (fields as readonly string[]).includes(field))
}

const NEEDED: Record<ProviderType, readonly Field[]> = {
  local: [],
  saml: ['entityIssuer', 'ssoUrl', 'certificates'],
  oidc: ['issuer', 'clientId', 'clientSecret'],
}
const DEFAULT_SCOPES = ['openid', 'profile', 'email']

/** Auto-provisioning is to be on, and sign-in could not work. */
export class MissingDetails extends Invalid {
  readonly missing: readonly string[]
  constructor(missing: readonly string[]) {
    super(
      'autoProvisioning',
      `cannot be switched on while sign-in details are missing: ${missing.join(', ')}`,
    )
    this.missing = missing
  }
}

/** @throws {Invalid} names the first field that breaks a rule, or that this type does not have */
export function readDetails(type: ProviderType, given: GivenDetails): Details {
  demandFieldsOf(type, given)
  if (given.clientSecret !== undefined) demandText('clientSecret', given.clientSecret, 4_096)
  if (type === 'saml') return readSaml(given)
  return type === 'oidc' ? readOidc(given) : {}
}

/** @returns the details as they stood, with the change in its place @throws {Invalid} */
export function changeDetails(type: ProviderType, now: Details, change: DetailsChange): Details {
  demandFieldsOf(type, change)
  const entries = Object.entries(change)
  const gone = new Set(entries.flatMap(([field, value]) => (value === null ? [field] : [])))
  const given = Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null))
  const fresh = Object.entries(readDetails(type, given)).filter(([field]) => field in given)
  const kept = Object.entries(now).filter(([field]) => !gone.has(field))
  return { ...Object.fromEntries(kept), ...Object.fromEntries(fresh) }
}

/** The fields that sign-in cannot do without and that are not there. */
export function missingDetails(type: ProviderType, details: Details, hasClientSecret: boolean): string[] {
  return NEEDED[type].filter((field) =>
    field === 'clientSecret' ? !hasClientSecret : details[field] === undefined,
  )
}

/** @throws {MissingDetails} {Refused} for the local one */
export function demandDetails(type: ProviderType, details: Details, hasClientSecret: boolean): void {
  if (type === 'local') throw new Refused('The local identity provider has no auto-provisioning')
  const missing = missingDetails(type, details, hasClientSecret)
  if (missing.length > 0) throw new MissingDetails(missing)
}

function demandFieldsOf(type: ProviderType, given: object): void {
  const foreign = Object.entries(given).find(
    ([field, value]) => value !== undefined && !(FIELDS[type] as readonly string[]).includes(field),
  )
  if (foreign) throw new Invalid(foreign[0], `is not for identity providers of type ${type}`)
}

function readSaml(given: GivenDetails): Details {
  const { entityIssuer, ssoUrl, ssoBinding, sloUrl, nameIdFormat, metadataUrl, certificates } = given
  const { signRequests, idpInitiated } = given
  return {
    // SAML 2.0 Core §8.3.6: an entity identifier is a URI of at most 1,024 characters.
    ...(entityIssuer !== undefined && { entityIssuer: demandText('entityIssuer', entityIssuer, 1_024) }),
    ...(ssoUrl !== undefined && { ssoUrl: demandHttpsUrl('ssoUrl', ssoUrl) }),
    ...(ssoBinding !== undefined && { ssoBinding }),
    ...(sloUrl !== undefined && { sloUrl: demandHttpsUrl('sloUrl', sloUrl) }),
    ...(nameIdFormat !== undefined && { nameIdFormat: demandText('nameIdFormat', nameIdFormat, 255) }),
    ...(metadataUrl !== undefined && { metadataUrl: demandHttpsUrl('metadataUrl', metadataUrl, isLoopback) }),
    ...(certificates !== undefined && { certificates: readCertificates(certificates) }),
    ...(signRequests !== undefined && { signRequests }),
    ...(idpInitiated !== undefined && { idpInitiated }),
  }
}

function readOidc({
  issuer,
  clientId,
  clientAuthentication,
  scopes = DEFAULT_SCOPES,
}: GivenDetails): Details {
  return {
    ...(issuer !== undefined && { issuer: readIssuer(issuer) }),
    ...(clientId !== undefined && { clientId: demandText('clientId', clientId, 512) }),
    ...(clientAuthentication !== undefined && { clientAuthentication }),
    scopes: readScopes(scopes),
  }
}

/**
 * OpenID Connect Discovery 1.0 §3: no query and no fragment. Kept as given, because it is compared letter by letter.
 * @throws {Invalid} `issuer`
 */
export function readIssuer(text: string): string {
  const url = new URL(demandHttpsUrl('issuer', text, isLoopback))
  if (url.search || url.hash) throw new Invalid('issuer', 'must have no query and no fragment')
  return text
}

function readScopes(scopes: readonly string[]): string[] {
  // RFC 6749 §3.3
  const bad = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(scope))
  if (bad !== undefined || scopes.length > 50)
    throw new Invalid('scopes', 'must be at most 50 words of OAuth')
  return [...new Set(['openid', ...scopes])]
}
