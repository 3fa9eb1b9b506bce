// Sign-in details of identity providers (SAML and OIDC): rules for every field, import of metadata, client secrets
// and the service's own SAML certificates. Sign-in itself is src/sign-in's. The portal and sign-in call this folder,
// and so do ../create.ts and ../change.ts. Start with `Details` below.
// Details may stay incomplete until auto-provisioning is switched on. This file is pure and doesn't contact the
// identity provider.
import { Invalid, Refused } from '#errors.ts'
import type { ProviderType } from '../provider-type.ts'
import { demandHttpsUrl, demandText, isLoopback } from '../text-rules.ts'
import { readCertificates } from './certificates.ts'

/** Details as stored and shown. The client secret is stored separately, encrypted. */
export interface Details {
  /** saml: the identity provider's entity ID. */
  readonly entityIssuer?: string
  /** saml: where an AuthnRequest is sent. */
  readonly ssoUrl?: string
  /** saml: how an AuthnRequest is sent; redirect by default. */
  readonly ssoBinding?: SsoBinding
  /** saml: where a LogoutRequest is sent. */
  readonly sloUrl?: string
  /** saml: the format requested in NameIDPolicy. */
  readonly nameIdFormat?: string
  /** saml: the URL the metadata was read from, so that it can be read again. */
  readonly metadataUrl?: string
  /** saml: one PEM text for each certificate. */
  readonly certificates?: readonly string[]
  /** saml: whether our requests are signed. */
  readonly signRequests?: boolean
  /**
   * saml: whether users can start on the identity provider's page, without a request of ours (IdP-initiated sign-in).
   */
  readonly idpInitiated?: boolean
  /** oidc */
  readonly issuer?: string
  /** oidc */
  readonly clientId?: string
  /** oidc: how the client secret is sent; basic by default. */
  readonly clientAuthentication?: ClientAuthentication
  /** oidc: always includes `openid`. */
  readonly scopes?: readonly string[]
}

export type SsoBinding = 'redirect' | 'post'
export type ClientAuthentication = 'basic' | 'post'

/** Details as an administrator enters them. */
export type GivenDetails = {
  readonly [Field in Exclude<keyof Details, 'certificates'>]?: Details[Field] | undefined
} & {
  /** PEM text with one or more certificates. */
  readonly certificates?: string | undefined
  readonly clientSecret?: string | undefined
}

type Field = keyof GivenDetails
/** Undefined keeps a field; null removes it. */
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
/** Returns whether any type of identity provider has a detail with this name. */
export function isDetail(field: string): boolean {
  return Object.values(FIELDS).some((fields) => (fields as readonly string[]).includes(field))
}

const NEEDED: Record<ProviderType, readonly Field[]> = {
  local: [],
  saml: ['entityIssuer', 'ssoUrl', 'certificates'],
  oidc: ['issuer', 'clientId', 'clientSecret'],
}
const DEFAULT_SCOPES = ['openid', 'profile', 'email']

/** Thrown when auto-provisioning is on, or is being switched on, while details that sign-in needs are missing. */
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

/** Checks new details. @throws {Invalid} names the first field that breaks a rule or that this type doesn't have */
export function readDetails(type: ProviderType, given: GivenDetails): Details {
  demandFieldsOf(type, given)
  if (given.clientSecret !== undefined) demandText('clientSecret', given.clientSecret, 4_096)
  if (type === 'saml') return readSaml(given)
  return type === 'oidc' ? readOidc(given) : {}
}

/** Applies a change to saved details. @returns the new details @throws {Invalid} */
export function changeDetails(type: ProviderType, now: Details, change: DetailsChange): Details {
  demandFieldsOf(type, change)
  const entries = Object.entries(change)
  const gone = new Set(entries.flatMap(([field, value]) => (value === null ? [field] : [])))
  const given = Object.fromEntries(entries.filter(([, value]) => value !== undefined && value !== null))
  const fresh = Object.entries(readDetails(type, given)).filter(([field]) => field in given)
  const kept = Object.entries(now).filter(([field]) => !gone.has(field))
  return { ...Object.fromEntries(kept), ...Object.fromEntries(fresh) }
}

/** Returns the required fields that are missing. */
export function missingDetails(type: ProviderType, details: Details, hasClientSecret: boolean): string[] {
  return NEEDED[type].filter((field) =>
    field === 'clientSecret' ? !hasClientSecret : details[field] === undefined,
  )
}

/**
 * Checks that all required details are present.
 * @throws {MissingDetails}
 * @throws {Refused} for the local identity provider
 */
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
 * Checks an issuer: it has no query and no fragment (OpenID Connect Discovery 1.0 §3). It is stored as entered,
 * because issuers are compared character by character.
 * @throws {Invalid} `issuer`
 */
export function readIssuer(text: string): string {
  const url = new URL(demandHttpsUrl('issuer', text, isLoopback))
  if (url.search || url.hash) throw new Invalid('issuer', 'must have no query and no fragment')
  return text
}

function readScopes(scopes: readonly string[]): string[] {
  // RFC 6749 §3.3 limits the characters of a scope.
  const bad = scopes.find((scope) => !/^[\x21\x23-\x5b\x5d-\x7e]{1,200}$/.test(scope))
  if (bad !== undefined || scopes.length > 50)
    throw new Invalid('scopes', 'must be at most 50 words of OAuth')
  return [...new Set(['openid', ...scopes])]
}
