// Reads the configuration of an OpenID provider and reports what would prevent sign-in. The result is advice only: an
// administrator can save even while the provider is unavailable.
import { type GuardedFetch, Unreachable } from '#platform/network/fetch.ts'
import {
  configurationUrl,
  countSigningKeys,
  DiscoveryError,
  type OpenIdMetadata,
  readOpenIdMetadata,
} from '#protocol/oidc/discovery.ts'
import { readIssuer } from './details.ts'

export type CheckName = 'configuration' | 'issuer' | 'keys' | 'pkce' | 'scopes' | 'clientAuthentication'

export interface Check {
  readonly name: CheckName
  readonly outcome: 'passed' | 'warning' | 'failed'
  /** Text for an administrator, or null if there is nothing to add. */
  readonly detail: string | null
}

export interface Discovery {
  readonly checks: readonly Check[]
  /** null if the configuration can't be read or belongs to a different issuer. */
  readonly metadata: OpenIdMetadata | null
}

/** Reads and checks an issuer's configuration. @throws {Invalid} `issuer` isn't a valid issuer */
export async function discover(
  fetch: GuardedFetch,
  issuer: string,
  scopes: readonly string[],
): Promise<Discovery> {
  const document = await read(fetch, configurationUrl(readIssuer(issuer)))
  if (!document.ok) return { checks: [failed('configuration', document.reason)], metadata: null }
  const metadata = readDocument(document.text, issuer)
  if (!metadata.ok)
    return { checks: [passed('configuration'), failed('issuer', metadata.reason)], metadata: null }
  const checks = [
    passed('configuration'),
    passed('issuer'),
    await checkKeys(fetch, metadata.value.jwksUri),
    checkPkce(metadata.value),
    checkScopes(metadata.value, scopes),
    checkClientAuthentication(metadata.value),
  ]
  return { checks, metadata: metadata.value }
}

type Read = { ok: true; text: string } | { ok: false; reason: string }

async function read(fetch: GuardedFetch, url: string): Promise<Read> {
  try {
    const { status, text } = await fetch(url, { headers: { accept: 'application/json' } })
    if (status !== 200) return { ok: false, reason: `${url} answers with status ${status}` }
    return { ok: true, text }
  } catch (error) {
    if (error instanceof Unreachable) return { ok: false, reason: error.message }
    throw error
  }
}

function readDocument(
  text: string,
  issuer: string,
): { ok: true; value: OpenIdMetadata } | { ok: false; reason: string } {
  try {
    return { ok: true, value: readOpenIdMetadata(text, issuer) }
  } catch (error) {
    if (error instanceof DiscoveryError) return { ok: false, reason: error.message }
    throw error
  }
}

async function checkKeys(fetch: GuardedFetch, jwksUri: string): Promise<Check> {
  const answer = await read(fetch, jwksUri)
  if (!answer.ok) return failed('keys', answer.reason)
  try {
    const keys = countSigningKeys(answer.text)
    return keys > 0 ? passed('keys') : failed('keys', 'The key set holds no key that verifies signatures')
  } catch (error) {
    if (error instanceof DiscoveryError) return failed('keys', error.message)
    throw error
  }
}

function checkPkce({ pkce }: OpenIdMetadata): Check {
  return pkce ? passed('pkce') : warning('pkce', 'It does not say that it supports PKCE with S256')
}

function checkScopes({ scopes }: OpenIdMetadata, wanted: readonly string[]): Check {
  if (scopes.length === 0) return passed('scopes')
  const unknown = wanted.filter((scope) => !scopes.includes(scope))
  return unknown.length === 0 ? passed('scopes') : warning('scopes', `It does not list ${unknown.join(', ')}`)
}

function checkClientAuthentication({ clientAuthentication }: OpenIdMetadata): Check {
  const known = clientAuthentication.some(
    (way) => way === 'client_secret_basic' || way === 'client_secret_post',
  )
  return known
    ? passed('clientAuthentication')
    : failed(
        'clientAuthentication',
        'It accepts no client secret (client_secret_basic or client_secret_post)',
      )
}

function passed(name: CheckName): Check {
  return { name, outcome: 'passed', detail: null }
}

function warning(name: CheckName, detail: string): Check {
  return { name, outcome: 'warning', detail }
}

function failed(name: CheckName, detail: string): Check {
  return { name, outcome: 'failed', detail }
}
