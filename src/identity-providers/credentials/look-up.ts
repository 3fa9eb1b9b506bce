// Looks up the identity provider that a request's credentials belong to. The tenant isn't known until the credentials
// are found, so these statements read across tenants.
import { timingSafeEqual } from 'node:crypto'
import { type Database, SYSTEM } from '#platform/database/database.ts'
import { prepared, raw, type Sql, sql } from '#platform/database/sql.ts'
import type { Mapping } from '../mapping.ts'
import type { ProviderType } from '../provider-type.ts'
import { DECLARED, type DeclaredSchemas, schemasOf } from '../schemas/declared-schemas.ts'
import type { Mode } from '../settings.ts'
import { invalidCredentials, memoryKey, type Presented } from './authorization-header.ts'
import type { Caller } from './caller.ts'
import type { PublicJwk } from './jwk.ts'
import { isToken } from './tokens.ts'

/** A caller, and the facts that decide whether it is admitted. */
export interface Found {
  readonly caller: Caller
  readonly enabled: boolean
  readonly autoProvisioning: boolean
  readonly expiresAt: Date | null
  readonly retiredAt: Date | null
}

/** A client's key, and the caller that its signature authenticates. */
export interface FoundKey extends Found {
  readonly kid: string
  readonly jwk: PublicJwk
}

interface Row {
  readonly credentialId: string
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
  readonly uniqueExternalIds: boolean
  readonly uniqueUserExternalIds: boolean
  readonly mapping: Mapping | null
  readonly declared: DeclaredSchemas
}

const PROVIDER = sql`i.id, i.tenant_id as "tenantId", i.epoch, i.name, i.type, i.mode, i.enabled,
    i.auto_provisioning as "autoProvisioning", i.unique_group_names as "uniqueGroupNames",
    i.unique_external_ids as "uniqueExternalIds", i.unique_user_external_ids as "uniqueUserExternalIds", i.mapping, ${DECLARED}`

const CREDENTIAL =
  raw(`c.id as "credentialId", c.secret_digest as "secretDigest", c.expires_at as "expiresAt",
    c.retired_at as "retiredAt"`)

function lookUpStatement(presented: Presented): Sql {
  switch (presented.kind) {
    case 'token':
      return prepared(
        'authenticate.token',
        sql`select ${PROVIDER}, ${CREDENTIAL} from scim_credential c join identity_provider i on i.id = c.idp_id
          where c.token_digest = ${presented.digest}`,
      )
    case 'key':
      return prepared(
        'authenticate.key',
        sql`select ${PROVIDER}, ${CREDENTIAL} from scim_credential c join identity_provider i on i.id = c.idp_id
          where c.key = ${presented.key}`,
      )
    case 'accessToken':
      return prepared(
        'authenticate.access',
        sql`select ${PROVIDER}, coalesce(c.id, k.id) as "credentialId",
            least(a.expires_at, c.expires_at, k.expires_at) as "expiresAt",
            coalesce(c.retired_at, k.retired_at) as "retiredAt"
          from access_token a join identity_provider i on i.id = a.idp_id
          left join scim_credential c on c.id = a.credential_id left join client_key k on k.id = a.client_key_id
          where a.digest = ${presented.digest} and a.created_at > i.enabled_at`,
      )
  }
}

/** Looks up presented credentials. @throws {Unauthenticated} the credentials are unknown */
export async function lookUp(db: Database, presented: Presented): Promise<Found> {
  const [row] = await db.run<Row & { secretDigest?: Buffer }>(SYSTEM, lookUpStatement(presented))
  if (!row) throw invalidCredentials()
  const { secretDigest } = row
  if (presented.kind === 'key' && !(secretDigest && timingSafeEqual(presented.secretDigest, secretDigest))) {
    throw invalidCredentials()
  }
  return foundIn(row)
}

/** Limits how many rows are read at once. */
const MOST_LIVE = 100_000

/** Returns the `memoryKey` of all active credentials, newest first. */
export async function liveCredentials(db: Database): Promise<string[]> {
  const good = raw('expires_at is null or expires_at > now()')
  const found = await db.run<{ token: Buffer; key: string | null; secret: Buffer | null }>(
    SYSTEM,
    sql`(select token_digest as token, key, secret_digest as secret from scim_credential
        where retired_at is null and (${good}) order by id desc limit ${MOST_LIVE})
      union all
      (select digest, null, null from access_token where ${good} order by expires_at desc limit ${MOST_LIVE})`,
  )
  return found.flatMap(({ token, key, secret }) => {
    const ofToken = memoryKey({ kind: 'token', digest: token })
    return key === null || secret === null
      ? [ofToken]
      : [ofToken, memoryKey({ kind: 'key', key, secretDigest: secret })]
  })
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * Returns the active keys of a client.
 * @param clientId id of its identity provider or key of active SCIM credentials; any other value has no keys
 */
export async function lookUpClientKeys(db: Database, clientId: string, now: Date): Promise<FoundKey[]> {
  const idpId = UUID.test(clientId)
    ? sql`${clientId}::uuid`
    : sql`(select c.idp_id from scim_credential c where c.key = ${clientId} and c.retired_at is null
        and (c.expires_at is null or c.expires_at > ${now}))`
  if (!UUID.test(clientId) && !isToken('key', clientId)) return []
  const rows = await db.run<Row & { kid: string; jwk: PublicJwk }>(
    SYSTEM,
    sql`select ${PROVIDER}, k.id as "credentialId", k.expires_at as "expiresAt", k.retired_at as "retiredAt", k.kid, k.jwk
      from client_key k join identity_provider i on i.id = k.idp_id
      where k.idp_id = ${idpId} and k.retired_at is null and (k.expires_at is null or k.expires_at > ${now})
      order by k.id`,
  )
  return rows.map((row) => ({ ...foundIn(row), kid: row.kid, jwk: row.jwk }))
}

function foundIn(row: Row): Found {
  const { tenantId, id, epoch, name, type, mode, mapping } = row
  const { uniqueGroupNames, uniqueExternalIds, uniqueUserExternalIds } = row
  const unique = { uniqueGroupNames, uniqueExternalIds, uniqueUserExternalIds }
  const schemas = schemasOf(row.declared, mode)
  const caller: Caller = {
    tenantId,
    idp: { id, epoch, name, type, mode, ...unique, mapping, schemas },
    credentialId: row.credentialId,
    scope: { tenantId, idp: { id, epoch } },
  }
  const { enabled, autoProvisioning, expiresAt, retiredAt } = row
  return { caller, enabled, autoProvisioning, expiresAt, retiredAt }
}
