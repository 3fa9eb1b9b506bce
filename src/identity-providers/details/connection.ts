// Checks whether an identity provider can provision: whether it is enabled, has active credentials and can reach the
// endpoint, and how its last request ended. Pure: the caller passes in the data.
import type { Explanation } from '#request-log/explanations/explain.ts'
import type { LoggedRequest } from '#request-log/search.ts'
import type { Credential } from '../credentials/credentials.ts'
import type { IdentityProvider } from '../identity-providers.ts'

export interface ConnectionStep {
  readonly code: 'provisioning' | 'address' | 'credentials' | 'requests' | 'failures'
  readonly state: 'ok' | 'warning' | 'problem' | 'waiting'
  readonly sentence: string
  /** When this happened or will happen. */
  readonly at?: Date | undefined
}

export interface Connection {
  readonly provider: IdentityProvider
  readonly credentials: readonly Credential[]
  readonly endpoint: string
  readonly last: LoggedRequest | undefined
  readonly explanation: Explanation | undefined
  readonly now: Date
}

const SOON_MILLISECONDS = 14 * 86_400_000

export function connectionSteps(connection: Connection): ConnectionStep[] {
  const steps = [provisioning(connection), address(connection), credentials(connection), requests(connection)]
  const failure = failures(connection)
  return failure ? [...steps, failure] : steps
}

function provisioning({ provider }: Connection): ConnectionStep {
  const code = 'provisioning'
  if (!provider.enabled)
    return {
      code,
      state: 'problem',
      sentence: 'The identity provider is switched off: it is answered by 403.',
    }
  if (!provider.autoProvisioning)
    return { code, state: 'problem', sentence: 'Auto-provisioning is switched off: it is answered by 403.' }
  return { code, state: 'ok', sentence: 'Auto-provisioning is on.' }
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\]|0\.0\.0\.0)$/
const PRIVATE =
  /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|\[f[cde])|\.(local|internal|lan|home\.arpa)$/

function address({ endpoint }: Connection): ConnectionStep {
  const code = 'address'
  const { protocol, hostname } = new URL(endpoint)
  if (LOOPBACK.test(hostname))
    return {
      code,
      state: 'problem',
      sentence: `The endpoint’s host is ${hostname}: only this machine reaches it. Set DOORLIST_PUBLIC_URL to the address by which the service is reached from outside.`,
    }
  if (protocol !== 'https:')
    return {
      code,
      state: 'problem',
      sentence:
        'The endpoint is plain http: identity providers in the cloud take https only, and the token would be readable on its way.',
    }
  if (PRIVATE.test(hostname))
    return {
      code,
      state: 'warning',
      sentence: `${hostname} is an address of an inner network: an identity provider in the cloud needs an agent inside it, or an address that it can reach.`,
    }
  return { code, state: 'ok', sentence: `The endpoint is ${endpoint}.` }
}

function credentials({ credentials: all, now }: Connection): ConnectionStep {
  const code = 'credentials'
  const unretired = all.filter(({ retiredAt }) => retiredAt === null)
  const live = unretired.filter(({ expiresAt }) => expiresAt === null || expiresAt > now)
  if (unretired.length === 0)
    return {
      code,
      state: 'problem',
      sentence: 'There are no SCIM credentials: make some, and paste the token there.',
    }
  if (live.length === 0)
    return {
      code,
      state: 'problem',
      sentence: 'All SCIM credentials have expired: make new ones, and paste the token there.',
    }
  const last = Math.max(...live.map(({ expiresAt }) => expiresAt?.getTime() ?? Number.POSITIVE_INFINITY))
  if (last - now.getTime() < SOON_MILLISECONDS)
    return {
      code,
      state: 'warning',
      sentence: 'The last SCIM credentials expire soon.',
      at: new Date(last),
    }
  if (live.every(({ lastUsedAt }) => lastUsedAt === null))
    return { code, state: 'waiting', sentence: 'There are SCIM credentials; none was used yet.' }
  return {
    code,
    state: 'ok',
    sentence: `${live.length === 1 ? 'One set' : `${live.length} sets`} of SCIM credentials can be used.`,
  }
}

function requests({ provider, last }: Connection): ConnectionStep {
  const code = 'requests'
  if (!last && provider.lastSyncAt === null)
    return {
      code,
      state: 'waiting',
      sentence: 'No request has arrived yet. Start the connection test there: its request will show up here.',
    }
  const at = last?.at ?? provider.lastSyncAt ?? undefined
  return { code, state: 'ok', sentence: 'Requests arrive; the last one:', at }
}

function failures({ last, explanation }: Connection): ConnectionStep | undefined {
  if (!last?.failed || !explanation) return undefined
  const isTransient = explanation.where === 'nowhere'
  return {
    code: 'failures',
    state: isTransient ? 'warning' : 'problem',
    sentence: `The last request failed (${last.status}). ${explanation.cause}`,
  }
}
