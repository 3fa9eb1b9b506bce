// Reads an OpenID provider's discovery document and checks whether we can use it. Pure. Setup in src/identity-providers and
// src/sign-in/oidc call this folder, which only reads texts; openid-client and jose verify tokens. Start here, then read
// logout-token.ts. @see OpenID Connect Discovery 1.0 §3, §4
export interface OpenIdMetadata {
  readonly issuer: string
  readonly authorizationEndpoint: string
  readonly tokenEndpoint: string
  readonly jwksUri: string
  readonly userinfoEndpoint: string | null
  readonly endSessionEndpoint: string | null
  readonly scopes: readonly string[]
  readonly signingAlgorithms: readonly string[]
  readonly clientAuthentication: readonly string[]
  readonly pkce: boolean
}

/** The document can't be used; the message may be shown to administrators. */
export class DiscoveryError extends Error {}

const WELL_KNOWN = '/.well-known/openid-configuration'

/** Asymmetric algorithms only: neither `none` nor signatures with the client secret. @see RFC 7518 §3.1 */
export const SIGNING_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'EdDSA',
]

export function configurationUrl(issuer: string): string {
  return issuer.replace(/\/$/, '') + WELL_KNOWN
}

/** Reads a discovery document. @throws {DiscoveryError} it is another issuer's, or lacks what sign-in needs */
export function readOpenIdMetadata(text: string, issuer: string): OpenIdMetadata {
  const document = parseJsonObject(text)
  if (document.issuer !== issuer)
    throw new DiscoveryError(
      `The document names the issuer ${issuerText(document.issuer)}; it must be exactly the same`,
    )
  return {
    issuer,
    authorizationEndpoint: requiredEndpoint(document, 'authorization_endpoint'),
    tokenEndpoint: requiredEndpoint(document, 'token_endpoint'),
    jwksUri: requiredEndpoint(document, 'jwks_uri'),
    userinfoEndpoint: optionalEndpoint(document, 'userinfo_endpoint'),
    endSessionEndpoint: optionalEndpoint(document, 'end_session_endpoint'),
    scopes: stringList(document, 'scopes_supported'),
    signingAlgorithms: signingAlgorithms(document),
    clientAuthentication: stringList(document, 'token_endpoint_auth_methods_supported', [
      'client_secret_basic',
    ]),
    pkce: stringList(document, 'code_challenge_methods_supported').includes('S256'),
  }
}

/** Returns how many keys of a JWK set can verify signatures. @throws {DiscoveryError} it isn't a JWK set */
export function countSigningKeys(text: string): number {
  const { keys } = parseJsonObject(text)
  if (!Array.isArray(keys)) throw new DiscoveryError('The key set has no keys')
  const kinds = new Set(['RSA', 'EC', 'OKP'])
  return keys.filter((key) => kinds.has(key?.kty) && (key.use ?? 'sig') === 'sig').length
}

type Document = Record<string, unknown>

function parseJsonObject(text: string): Document {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new DiscoveryError('The answer is not JSON')
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new DiscoveryError('The answer is not a JSON object')
  return value as Document
}

function requiredEndpoint(document: Document, name: string): string {
  const value = optionalEndpoint(document, name)
  if (value === null) throw new DiscoveryError(`The document has no ${name}`)
  return value
}

function optionalEndpoint(document: Document, name: string): string | null {
  const value = document[name]
  if (value === undefined || value === null) return null
  if (typeof value !== 'string' || !/^https?:\/\//.test(value) || !URL.canParse(value))
    throw new DiscoveryError(`The ${name} of the document is not an address`)
  return value
}

function signingAlgorithms(document: Document): string[] {
  const offered = stringList(document, 'id_token_signing_alg_values_supported', ['RS256'])
  const usable = offered.filter((algorithm) => SIGNING_ALGORITHMS.includes(algorithm))
  if (usable.length === 0)
    throw new DiscoveryError(`It signs ID tokens by ${offered.join(', ')} only, and none of these is safe`)
  return usable
}

function stringList(document: Document, name: string, otherwise: string[] = []): string[] {
  const value = document[name]
  if (!Array.isArray(value)) return otherwise
  return value.filter((word): word is string => typeof word === 'string')
}

function issuerText(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 200) : '(none)'
}
