// SCIM credentials, client keys and access tokens: they are issued and retired here, and requests are authenticated
// with them. The SCIM and OAuth doors authenticate requests; the portal and the command line manage credentials.
// Users and their sessions belong to src/sign-in. Start with `authenticate` below, then look-up.ts.
// Look-ups are cached briefly. Results can't be stale: the scope carries the identity provider's epoch, the database
// refuses a statement with an old epoch, and the door then calls `refresh`. Only admitted callers are cached, never
// refusals.
import { Refused, Unauthenticated } from '#errors.ts'
import type { Clock } from '#platform/clock.ts'
import type { Database } from '#platform/database/database.ts'
import { openFailureLimit } from '#platform/limits/failure-limit.ts'
import { because } from '#protocol/scim/refusals/refusals.ts'
import { type AccessToken, type Grant, issueAccessToken } from './access-tokens.ts'
import {
  invalidCredentials,
  memoryKey,
  missingCredentials,
  readAuthorization,
  readKeyAndSecret,
} from './authorization-header.ts'
import type { Caller } from './caller.ts'
import { readAssertion, refused, verifyAssertion } from './client-assertion.ts'
import { type Found, liveCredentials, lookUp, lookUpClientKeys } from './look-up.ts'

export interface Authenticator {
  /**
   * Identifies the caller of a request.
   * @param idpId the identity provider named in the URL; credentials of a different one are refused
   * @param sourceAddress where the request comes from; if undefined, failed attempts are not rate limited
   * @throws {TooManyRequests} too many failed attempts came from this address
   * @throws {Unauthenticated} the credentials are unknown, expired, retired, or belong to a different or deleted
   * identity provider
   * @throws {Refused} the identity provider is disabled or its auto-provisioning is off
   */
  authenticate(authorization: string | undefined, idpId: string, sourceAddress?: string): Promise<Caller>
  /** Does the same but bypasses the cache, for a caller whose scope turned out to be stale. */
  refresh(authorization: string | undefined, idpId: string, sourceAddress?: string): Promise<Caller>
  /** Issues an access token for a key and secret. @throws {Unauthenticated} {Refused} as above @see RFC 6749 §4.4 */
  accessToken(key: string, secret: string): Promise<AccessToken>
  /**
   * Issues an access token for a client that signs an assertion instead of sending its secret. Its client id is the
   * id of its identity provider or the key of active SCIM credentials.
   * @throws {Unauthenticated} with one message for every error; the cause has the reason
   * @throws {Refused} as above
   * @see RFC 7523 §2.2
   */
  assertedAccessToken(
    assertion: string,
    expected: { readonly audiences: readonly string[]; readonly clientId: string | undefined },
  ): Promise<AccessToken>
  /** Returns the cache keys of all active credentials. */
  liveCredentials(): Promise<string[]>
}

export interface AuthenticatorOptions {
  /** Lifetime of an access token in minutes, from 60 to 360. */
  readonly accessTokenMinutes?: number
}

const REMEMBERED_MILLISECONDS = 30_000
const REMEMBERED_CALLERS = 10_000

export function openAuthenticator(
  db: Database,
  clock: Clock,
  { accessTokenMinutes = 60 }: AuthenticatorOptions = {},
): Authenticator {
  const live = () => liveCredentials(db)
  const failures = openFailureLimit({ live })
  const remembered = new Map<string, { readonly found: Found; readonly until: number }>()

  function recall(key: string): Found | undefined {
    const memory = remembered.get(key)
    if (memory && memory.until > clock().getTime()) return memory.found
    remembered.delete(key)
    return undefined
  }

  function remember(key: string, found: Found): void {
    const [oldest] = remembered.keys()
    if (oldest !== undefined && remembered.size >= REMEMBERED_CALLERS) remembered.delete(oldest)
    remembered.set(key, { found, until: clock().getTime() + REMEMBERED_MILLISECONDS })
  }

  async function authenticate(
    authorization: string | undefined,
    idpId: string,
    sourceAddress?: string,
  ): Promise<Caller> {
    const presented = readAuthorization(authorization)
    const key = presented && memoryKey(presented)
    const known = key === undefined ? undefined : recall(key)
    if (known) return admit(known, clock(), idpId)
    const check = async (): Promise<Caller> => {
      if (!presented || key === undefined) throw authorization ? invalidCredentials() : missingCredentials()
      const found = await lookUp(db, presented)
      const caller = admit(found, clock(), idpId)
      remember(key, found)
      return caller
    }
    if (sourceAddress === undefined) return check()
    return failures.run({ sourceAddress, target: idpId.toLowerCase(), credentials: key }, check)
  }

  /**
   * Registers a new token as valid with the limit on failed attempts, so that its first use is accepted even if its
   * network has reached the limit.
   */
  function issued(access: AccessToken, { caller }: Grant): AccessToken {
    const presented = readAuthorization(`Bearer ${access.token}`)
    if (presented) failures.areRight(caller.idp.id, memoryKey(presented))
    return access
  }

  /** Limits the lifetime of an access token to that of the credentials or key it was requested with. */
  function grantTo(found: Found, holder: Grant['holder']): Grant {
    const now = clock()
    const caller = admit(found, now)
    const lifetime = new Date(now.getTime() + accessTokenMinutes * 60_000)
    const expiresAt = found.expiresAt && found.expiresAt < lifetime ? found.expiresAt : lifetime
    return { caller, holder, now, expiresAt }
  }

  return {
    authenticate,
    liveCredentials: live,
    async refresh(authorization, idpId, sourceAddress) {
      const presented = readAuthorization(authorization)
      if (presented) remembered.delete(memoryKey(presented))
      return authenticate(authorization, idpId, sourceAddress)
    },
    async accessToken(key, secret) {
      const presented = readKeyAndSecret(key, secret)
      if (!presented) throw invalidCredentials()
      const found = await lookUp(db, presented)
      const grant = grantTo(found, 'credential_id')
      return issued(await issueAccessToken(db, grant), grant)
    },
    async assertedAccessToken(text, expected) {
      const now = clock()
      const assertion = readAssertion(text)
      const keys = await lookUpClientKeys(db, assertion.clientId, now)
      const { key, jti, usableUntil } = verifyAssertion(assertion, keys, { now, ...expected })
      const grant = grantTo(key, 'client_key_id')
      const access = await issueAccessToken(db, grant, { jti, usableUntil })
      if (!access) throw refused('its jti was used before')
      return issued(access, grant)
    },
  }
}

/** Returns the caller if it may enter. @throws {Unauthenticated} {Refused} */
function admit(found: Found, now: Date, idpId?: string): Caller {
  const { caller } = found
  if (found.retiredAt) throw new Unauthenticated(because('credentials-retired'))
  if (found.expiresAt && found.expiresAt <= now) {
    throw new Unauthenticated(because('credentials-expired', { at: found.expiresAt.toISOString() }))
  }
  if (idpId !== undefined && idpId.toLowerCase() !== caller.idp.id) {
    throw new Unauthenticated(because('credentials-of-another'))
  }
  if (!found.enabled) {
    throw new Refused(because('idp-disabled'))
  }
  if (!found.autoProvisioning) {
    throw new Refused(because('provisioning-off'))
  }
  return caller
}
