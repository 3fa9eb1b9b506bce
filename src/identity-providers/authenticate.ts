// Turns the credentials of a request into its caller: tenant, identity provider, and the scope that its statements run
// in. The SCIM door and the OAuth door call it. Look-ups are remembered for a short while. That is exact, because the
// scope carries the epoch of the identity provider, and the database refuses a statement whose epoch has passed; the
// door then calls `refresh`. Only callers who may enter are remembered, so a refusal never outlives its reason.
import { timingSafeEqual } from 'node:crypto'
import { Refused, Unauthenticated } from '#errors.ts'
import type { Clock } from '#platform/clock.ts'
import { type Database, type Scope, SYSTEM } from '#platform/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/sql.ts'
import {
  invalidCredentials,
  memoryKey,
  type Presented,
  readAuthorization,
  readKeyAndSecret,
} from './authorization-header.ts'
import type { Mapping, Mode, ProviderType } from './identity-providers.ts'
import { digestOf, newToken } from './tokens.ts'

/** Who asks. */
export interface Caller {
  readonly tenantId: string
  readonly idp: {
    readonly id: string
    readonly epoch: string
    readonly name: string
    readonly type: ProviderType
    readonly mode: Mode
    readonly uniqueGroupNames: boolean
    readonly mapping: Mapping | null
  }
  readonly credentialId: string
  /** For the statements of this caller; refused by the database once the identity provider or a credential changed. */
  readonly scope: Scope
}

export interface Authenticator {
  /**
   * @param idpId the identity provider that the URL names; credentials of another one are no credentials
   * @throws {Unauthenticated} unknown, expired, retired, of another or a deleted identity provider
   * @throws {Refused} the identity provider is disabled, or its auto-provisioning is off
   */
  authenticate(authorization: string | undefined, idpId: string): Promise<Caller>
  /** The same, from the database in any case: for a caller whose scope turned out to be stale. */
  refresh(authorization: string | undefined, idpId: string): Promise<Caller>
  /** Client-credentials grant. @throws {Unauthenticated} {Refused} as above @see RFC 6749 §4.4 */
  accessToken(key: string, secret: string): Promise<AccessToken>
}

export interface AccessToken {
  readonly token: string
  readonly expiresInSeconds: number
}

export interface AuthenticatorOptions {
  /** How long an access token lives: 60 to 360 minutes. */
  readonly accessTokenMinutes?: number
}

interface Found {
  readonly caller: Caller
  readonly enabled: boolean
  readonly autoProvisioning: boolean
  readonly expiresAt: Date | null
  readonly retiredAt: Date | null
}

const REMEMBERED_MILLISECONDS = 30_000
const REMEMBERED_CALLERS = 10_000
/** Of one credential; the oldest go first, so that a client that asks for each request cannot fill the table. */
const LIVE_ACCESS_TOKENS = 1_000

export function openAuthenticator(
  db: Database,
  clock: Clock,
  { accessTokenMinutes = 60 }: AuthenticatorOptions = {},
): Authenticator {
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

  async function authenticate(authorization: string | undefined, idpId: string): Promise<Caller> {
    const presented = readAuthorization(authorization)
    const key = memoryKey(presented)
    const known = recall(key)
    const found = known ?? (await lookUp(db, presented))
    const caller = admit(found, clock(), idpId)
    if (!known) remember(key, found)
    return caller
  }

  return {
    authenticate,
    async refresh(authorization, idpId) {
      remembered.delete(memoryKey(readAuthorization(authorization)))
      return authenticate(authorization, idpId)
    },
    async accessToken(key, secret) {
      const presented = readKeyAndSecret(key, secret)
      if (!presented) throw invalidCredentials()
      const found = await lookUp(db, presented)
      const caller = admit(found, clock())
      const token = newToken('accessToken')
      const lifetime = new Date(clock().getTime() + accessTokenMinutes * 60_000)
      const expiresAt = found.expiresAt && found.expiresAt < lifetime ? found.expiresAt : lifetime
      await storeAccessToken(db, caller, token, expiresAt)
      return { token, expiresInSeconds: Math.floor((expiresAt.getTime() - clock().getTime()) / 1_000) }
    },
  }
}

/** Lets a found credential in, or says why not. @throws {Unauthenticated} {Refused} */
function admit(found: Found, now: Date, idpId?: string): Caller {
  const { caller } = found
  if (found.retiredAt) throw new Unauthenticated('These credentials have been retired; use the newer ones')
  if (found.expiresAt && found.expiresAt <= now) {
    throw new Unauthenticated(`These credentials expired at ${found.expiresAt.toISOString()}`)
  }
  if (idpId !== undefined && idpId.toLowerCase() !== caller.idp.id) {
    throw new Unauthenticated('These credentials are not for the identity provider in this URL')
  }
  if (!found.enabled) {
    throw new Refused('This identity provider is disabled; an administrator can enable it')
  }
  if (!found.autoProvisioning) {
    throw new Refused(
      'Auto-provisioning is off for this identity provider; an administrator can switch it on',
    )
  }
  return caller
}

interface CredentialRow {
  readonly credentialId: string
  readonly secretDigest: Buffer
  readonly expiresAt: Date | null
  readonly retiredAt: Date | null
  readonly tenantId: string
  readonly id: string
  readonly epoch: string
  readonly name: string
  readonly type: ProviderType
  readonly mode: Mode
  readonly enabled: boolean
  readonly autoProvisioning: boolean
  readonly uniqueGroupNames: boolean
  readonly mapping: Mapping | null
}

const PROVIDER = raw(`c.id as "credentialId", c.secret_digest as "secretDigest", c.retired_at as "retiredAt",
    i.id, i.tenant_id as "tenantId", i.epoch, i.name, i.type, i.mode, i.enabled, i.auto_provisioning as "autoProvisioning",
    i.unique_group_names as "uniqueGroupNames", i.mapping`)

const CREDENTIAL = raw('scim_credential c join identity_provider i on i.id = c.idp_id')

function lookUpStatement(presented: Presented): Sql {
  switch (presented.kind) {
    case 'token':
      return prepared(
        'authenticate.token',
        sql`select ${PROVIDER}, c.expires_at as "expiresAt" from ${CREDENTIAL}
          where c.token_digest = ${presented.digest}`,
      )
    case 'key':
      return prepared(
        'authenticate.key',
        sql`select ${PROVIDER}, c.expires_at as "expiresAt" from ${CREDENTIAL} where c.key = ${presented.key}`,
      )
    case 'accessToken':
      return prepared(
        'authenticate.access',
        sql`select ${PROVIDER}, least(c.expires_at, a.expires_at) as "expiresAt"
          from ${CREDENTIAL} join access_token a on a.credential_id = c.id where a.digest = ${presented.digest}`,
      )
  }
}

/** The tenant is not known before the credential is found, so this one statement looks above tenants. */
async function lookUp(db: Database, presented: Presented): Promise<Found> {
  const [row] = await db.run<CredentialRow>(SYSTEM, lookUpStatement(presented))
  if (!row) throw invalidCredentials()
  if (presented.kind === 'key' && !timingSafeEqual(presented.secretDigest, row.secretDigest)) {
    throw invalidCredentials()
  }
  const { tenantId, id, epoch, name, type, mode, uniqueGroupNames, mapping } = row
  const caller: Caller = {
    tenantId,
    idp: { id, epoch, name, type, mode, uniqueGroupNames, mapping },
    credentialId: row.credentialId,
    scope: { tenantId, idp: { id, epoch } },
  }
  const { enabled, autoProvisioning, expiresAt, retiredAt } = row
  return { caller, enabled, autoProvisioning, expiresAt, retiredAt }
}

async function storeAccessToken(db: Database, caller: Caller, token: string, expiresAt: Date): Promise<void> {
  const { tenantId, credentialId } = caller
  await db.run(
    { tenantId },
    sql`with outlived as (
        delete from access_token where tenant_id = ${tenantId} and digest in (
          select digest from access_token where credential_id = ${credentialId} and tenant_id = ${tenantId}
          order by expires_at desc offset ${LIVE_ACCESS_TOKENS - 1})
        or credential_id = ${credentialId} and tenant_id = ${tenantId} and expires_at < now())
      insert into access_token (digest, tenant_id, idp_id, credential_id, expires_at)
      values (${digestOf(token)}, ${tenantId}, ${caller.idp.id}, ${credentialId}, ${expiresAt})`,
  )
}
