// What is known of each OpenID provider: its metadata and keys, asked for once in a while and kept in this process.
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
import { openClientSecret } from '#identity-providers/client-secret.ts'
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/database.ts'
import type { GuardedFetch } from '#platform/fetch.ts'
import type { Seal } from '#platform/seal.ts'
import { webFetch } from '#platform/web-fetch.ts'
import { SIGNING_ALGORITHMS } from '#protocol/oidc/discovery.ts'

export interface OidcConfigurations {
  /** @throws {Unavailable} the identity provider does not answer, or not what it should */
  of(provider: IdentityProvider): Promise<Configuration>
}

interface Kept {
  /** Of the identity provider's row: another client secret is another configuration. */
  readonly version: string
  readonly until: number
  readonly configuration: Promise<Configuration>
}

const MINUTES = 10
const KEPT = 1_000

export function openOidcConfigurations(
  db: Database,
  seal: Seal,
  fetch: GuardedFetch,
  clock: Clock,
): OidcConfigurations {
  const kept = new Map<string, Kept>()

  async function ask(provider: IdentityProvider): Promise<Configuration> {
    const { issuer = '', clientId = '', clientAuthentication } = provider.details
    const secret = await openClientSecret(db, seal, provider)
    const authentication =
      clientAuthentication === 'post' ? ClientSecretPost(secret) : ClientSecretBasic(secret)
    try {
      const configuration = await discovery(new URL(issuer), clientId, {}, authentication, {
        [customFetch]: webFetch(fetch) as never,
        // The guarded fetch decides what may be reached without TLS: nothing, unless the operator named the network.
        execute: [allowInsecureRequests, enableNonRepudiationChecks],
        timeout: 5,
      })
      configuration.timeout = 5
      demandSafeAlgorithm(configuration)
      return configuration
    } catch (error) {
      throw new Unavailable(`The identity provider ${provider.name} does not answer as it should`, {
        cause: error,
      })
    }
  }

  return {
    of(provider) {
      const { id, version } = provider
      const known = kept.get(id)
      if (known && known.version === version && known.until > clock().getTime()) return known.configuration
      const configuration = ask(provider)
      kept.delete(id)
      kept.set(id, { version, until: clock().getTime() + MINUTES * 60_000, configuration })
      const [oldest] = kept.keys()
      if (kept.size > KEPT && oldest !== undefined) kept.delete(oldest)
      configuration.catch(() => kept.delete(id)) // what failed is tried again at the next sign-in
      return configuration
    },
  }
}

/** The library verifies with keys of the provider's key set alone; so what signs with a shared secret, or not at all, fails. */
function demandSafeAlgorithm(configuration: Configuration): void {
  const { id_token_signing_alg_values_supported: offered = ['RS256'] } = configuration.serverMetadata()
  if (!offered.some((algorithm) => SIGNING_ALGORITHMS.includes(algorithm)))
    throw new Error(`ID tokens are signed by ${offered.join(', ')} only`)
}
