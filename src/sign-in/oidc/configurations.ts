// The metadata and keys of each OpenID provider, fetched when needed and cached in this process.
import { createRemoteJWKSet, type JWTVerifyGetKey, customFetch as keyFetch } from 'jose'
import {
  allowInsecureRequests,
  ClientSecretBasic,
  ClientSecretPost,
  type Configuration,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
} from 'openid-client'
import { Unavailable } from '#errors.ts'
import { openClientSecret } from '#identity-providers/details/client-secret.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Clock } from '#platform/clock.ts'
import type { Seal } from '#platform/crypto/seal.ts'
import type { Database } from '#platform/database/database.ts'
import type { GuardedFetch } from '#platform/network/fetch.ts'
import { webFetch } from '#platform/network/web-fetch.ts'
import { SIGNING_ALGORITHMS } from '#protocol/oidc/discovery.ts'

export interface OidcConfigurations {
  /** @throws {Unavailable} the identity provider doesn't answer, or not as it should */
  of(provider: IdentityProvider): Promise<Configuration>
  /** @throws {Unavailable} as above */
  keysOf(provider: IdentityProvider): Promise<OidcKeys>
}

/** What a logout token is verified with. */
export interface OidcKeys {
  /** From the provider's key set, which is fetched again when a token names an unknown key. */
  readonly key: JWTVerifyGetKey
  readonly issuer: string
  /** Our client id at this provider. */
  readonly clientId: string
  readonly algorithms: readonly string[]
}

interface CachedConfiguration {
  /** The version of the identity provider's row. A new client secret needs a new configuration. */
  readonly version: string
  readonly until: number
  readonly answer: Promise<{ readonly configuration: Configuration; readonly keys: OidcKeys }>
}

const MINUTES = 10
const CACHE_SIZE = 1_000

export function openOidcConfigurations(
  db: Database,
  seal: Seal,
  fetch: GuardedFetch,
  clock: Clock,
): OidcConfigurations {
  const cache = new Map<string, CachedConfiguration>()

  async function discover(provider: IdentityProvider): CachedConfiguration['answer'] {
    const { issuer = '', clientId = '', clientAuthentication } = provider.details
    const secret = await openClientSecret(db, seal, provider)
    const authentication =
      clientAuthentication === 'post' ? ClientSecretPost(secret) : ClientSecretBasic(secret)
    try {
      const configuration = await discovery(new URL(issuer), clientId, {}, authentication, {
        [customFetch]: webFetch(fetch) as never,
        // The guarded fetch allows plain HTTP only in networks that the operator named.
        execute: [allowInsecureRequests, enableNonRepudiationChecks],
        timeout: 5,
      })
      configuration.timeout = 5
      return { configuration, keys: keysOf(configuration, clientId) }
    } catch (error) {
      throw new Unavailable(`The identity provider ${provider.name} does not answer as it should`, {
        cause: error,
      })
    }
  }

  function cachedAnswer(provider: IdentityProvider): CachedConfiguration['answer'] {
    const { id, version } = provider
    const known = cache.get(id)
    if (known && known.version === version && known.until > clock().getTime()) return known.answer
    const answer = discover(provider)
    cache.delete(id)
    cache.set(id, { version, until: clock().getTime() + MINUTES * 60_000, answer })
    const [oldest] = cache.keys()
    if (cache.size > CACHE_SIZE && oldest !== undefined) cache.delete(oldest)
    answer.catch(() => cache.delete(id)) // a failure is tried again at the next sign-in
    return answer
  }

  function keysOf(configuration: Configuration, clientId: string): OidcKeys {
    const { issuer, jwks_uri: address = '' } = configuration.serverMetadata()
    const key = createRemoteJWKSet(new URL(address), { [keyFetch]: webFetch(fetch), timeoutDuration: 5_000 })
    return { key, issuer, clientId, algorithms: safeAlgorithms(configuration) }
  }

  return {
    of: async (provider) => (await cachedAnswer(provider)).configuration,
    keysOf: async (provider) => (await cachedAnswer(provider)).keys,
  }
}

/** Returns the algorithms that verify with the provider's public keys. Unsigned tokens and shared secrets are excluded. */
function safeAlgorithms(configuration: Configuration): string[] {
  const { id_token_signing_alg_values_supported: offered = ['RS256'] } = configuration.serverMetadata()
  const safe = offered.filter((algorithm) => SIGNING_ALGORITHMS.includes(algorithm))
  if (safe.length === 0) throw new Error(`ID tokens are signed by ${offered.join(', ')} only`)
  return safe
}
