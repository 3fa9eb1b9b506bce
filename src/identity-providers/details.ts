// The sign-in details of an identity provider: what is given is checked, what is not yet given is allowed to be missing
// until auto-provisioning is switched on. Whether the far side answers is not asked here. Pure.
import { Invalid } from '#errors.ts'
import { readCertificates } from './certificates.ts'
import type { ProviderType } from './identity-providers.ts'

/** As they are stored and shown; the client secret is kept apart, sealed. */
export interface Details {
  /** saml: the identity provider's entityID. */
  readonly entityIssuer?: string
  /** saml: where an AuthnRequest is sent. */
  readonly ssoUrl?: string
  /** saml: PEM, one text for each. */
  readonly certificates?: readonly string[]
  /** oidc */
  readonly issuer?: string
  /** oidc */
  readonly clientId?: string
  /** oidc; `openid` is always among them. */
  readonly scopes?: readonly string[]
}

/** As they are given. */
export interface GivenDetails {
  readonly entityIssuer?: string | undefined
  readonly ssoUrl?: string | undefined
  /** PEM text that holds one or more certificates. */
  readonly certificates?: string | undefined
  readonly issuer?: string | undefined
  readonly clientId?: string | undefined
  readonly clientSecret?: string | undefined
  readonly scopes?: readonly string[] | undefined
}

type Field = keyof GivenDetails

const FIELDS: Record<ProviderType, readonly Field[]> = {
  local: [],
  saml: ['entityIssuer', 'ssoUrl', 'certificates'],
  oidc: ['issuer', 'clientId', 'clientSecret', 'scopes'],
}
const DEFAULT_SCOPES = ['openid', 'profile', 'email']

/** @throws {Invalid} names the first field that breaks a rule, or that this type does not have */
export function readDetails(type: ProviderType, given: GivenDetails): Details {
  const foreign = (Object.keys(given) as Field[]).find(
    (field) => given[field] !== undefined && !FIELDS[type].includes(field),
  )
  if (foreign) throw new Invalid(foreign, `is not for identity providers of type ${type}`)
  if (given.clientSecret !== undefined) plainText('clientSecret', given.clientSecret, 4_096)
  if (type === 'saml') return readSaml(given)
  return type === 'oidc' ? readOidc(given) : {}
}

/** The fields that sign-in cannot do without and that are not there. */
export function missingDetails(type: ProviderType, details: Details, hasClientSecret: boolean): string[] {
  return FIELDS[type].filter((field) =>
    field === 'clientSecret' ? !hasClientSecret : field !== 'scopes' && details[field] === undefined,
  )
}

function readSaml({ entityIssuer, ssoUrl, certificates }: GivenDetails): Details {
  return {
    // SAML 2.0 Core §8.3.6: an entity identifier is a URI of at most 1,024 characters.
    ...(entityIssuer !== undefined && { entityIssuer: plainText('entityIssuer', entityIssuer, 1_024) }),
    ...(ssoUrl !== undefined && { ssoUrl: httpsUrl('ssoUrl', ssoUrl) }),
    ...(certificates !== undefined && { certificates: readCertificates(certificates) }),
  }
}

function readOidc({ issuer, clientId, scopes = DEFAULT_SCOPES }: GivenDetails): Details {
  return {
    ...(issuer !== undefined && { issuer: readIssuer(issuer) }),
    ...(clientId !== undefined && { clientId: plainText('clientId', clientId, 512) }),
    scopes: readScopes(scopes),
  }
}

/** OpenID Connect Discovery 1.0 §3: no query and no fragment. Kept as given, because it is compared letter by letter. */
function readIssuer(text: string): string {
  const url = new URL(httpsUrl('issuer', text, isLoopback))
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

function httpsUrl(field: string, text: string, plainHttp: (url: URL) => boolean = () => false): string {
  const url = URL.parse(plainText(field, text, 2_048))
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && plainHttp(url))
  if (!url || !secure) throw new Invalid(field, 'must be an https:// URL')
  if (url.username || url.password) throw new Invalid(field, 'must hold no user name and no password')
  return text
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname)
}

function plainText(field: string, text: string, characters: number): string {
  if (text.trim() === '') throw new Invalid(field, 'must not be empty')
  if (text.length > characters) throw new Invalid(field, `must have at most ${characters} characters`)
  if (/[\s\p{C}]/u.test(text)) throw new Invalid(field, 'must hold no spaces or control characters')
  return text
}
