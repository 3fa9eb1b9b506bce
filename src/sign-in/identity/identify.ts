// Finds which user of an identity provider signs in. A stable identifier that was linked at the first sign-in decides. Without
// one, the matching rule finds the user by name at each sign-in. An email address alone never identifies a user, nor does an
// internal id, and users of other identity providers or tenants are never found. Start here, then read links.ts and
// conflicts.ts; identify-or-join.ts also creates users.
import type { IdentityProvider } from '#identity-providers/identity-providers.ts'
import type { TenantTx } from '#platform/database/database.ts'
import { sql } from '#platform/database/sql.ts'
import type { Assertion } from './assertion.ts'
import { type IdentifierKind, receivedIdentifier, type StableIdentifier } from './identifier.ts'
import {
  isExactMatch,
  type LookupName,
  lookupName,
  nameCondition,
  usesTransientNameId,
} from './lookup-name.ts'
import type { RefusedIdentity } from './refused-identity.ts'

export type Identified = { readonly kind?: IdentifierKind; readonly identifier?: StableIdentifier } & (
  | {
      readonly found: string
      /** The user's current name at the identity provider, if it is a userName that no other user has. */
      readonly userName?: string
    }
  /** No user is linked or has this name. */
  | { readonly unknown: LookupName | undefined }
  | Omit<RefusedIdentity, 'name' | 'identifier'>
)

export async function identify(
  tx: TenantTx,
  provider: IdentityProvider,
  assertion: Assertion,
): Promise<Identified> {
  const arrived = receivedIdentifier(provider, assertion)
  if (!arrived) return { denied: 'identifier-missing' }
  const { identifier } = arrived
  const isTransient = usesTransientNameId(provider, assertion)
  if (isTransient && !identifier) return { ...arrived, denied: 'transient-name-id' }
  const named = isTransient ? undefined : lookupName(provider, assertion)
  return {
    ...arrived,
    ...decideIdentity(identifier, named, await findCandidates(tx, provider.id, identifier, named)),
  }
}

interface Candidates {
  /** The user that the identifier is linked to. */
  readonly linkedTo: string | null
  /** The user with this name, or with one that looks like it. */
  readonly id: string | null
  readonly userName: string | null
  readonly provisioned: boolean | null
  /** Whether an identifier is linked to that user. */
  readonly isLinked: boolean
  /** Whether other users have the same externalId. */
  readonly isAmbiguous: boolean
}

function decideIdentity(
  identifier: StableIdentifier | undefined,
  named: LookupName | undefined,
  seen: Candidates,
) {
  const { linkedTo, id } = seen
  if (seen.isAmbiguous) return { denied: 'ambiguous-external-id' } as const
  const isSame = named !== undefined && id !== null && isExactMatch(named, seen.userName ?? '')
  if (linkedTo !== null) return decideLinkedUser(linkedTo, named, seen, isSame)
  if (id === null) return { unknown: named }
  if (!isSame) return { denied: 'look-alike', namedUserId: id } as const
  const isLinkedToAnother = identifier !== undefined && seen.isLinked
  return isLinkedToAnother ? ({ denied: 'linked-to-another', namedUserId: id } as const) : { found: id }
}

/**
 * Decides for a linked identifier. Another user with the asserted name is a conflict, since the link or the name is out of
 * date. The name of a user who only ever signed in came with their own identifier, so it says nothing about this one.
 */
function decideLinkedUser(
  linkedTo: string,
  named: LookupName | undefined,
  seen: Candidates,
  isSame: boolean,
) {
  const { id, provisioned, isLinked } = seen
  const isOther = id !== null && id !== linkedTo
  if (isOther && isSame && (provisioned || !isLinked))
    return { denied: 'names-another-user', namedUserId: id, linkedUserId: linkedTo } as const
  const userName = named?.target === 'userName' && !isOther ? named.value : undefined
  return { found: linkedTo, ...(userName !== undefined && { userName }) }
}

/** Looks up the linked user and the named one. The named user's row is locked against a rename until the transaction ends. */
async function findCandidates(
  tx: TenantTx,
  idpId: string,
  identifier: StableIdentifier | undefined,
  named: LookupName | undefined,
): Promise<Candidates> {
  const { issuer, source, value } = identifier ?? { issuer: null, source: null, value: null }
  const [seen] = await tx.query<Candidates>(
    sql`with named as materialized (
        select u.id, u.user_name, u.provisioned from directory_user u
        where u.idp_id = ${idpId} and u.tenant_id = ${tx.tenantId} and ${named ? nameCondition(named) : sql`false`}
        limit 2 for key share)
      select n.id, n.user_name as "userName", n.provisioned, (select count(*) from named) > 1 as "isAmbiguous",
        exists (select from user_identity l where l.user_id = n.id and l.tenant_id = ${tx.tenantId}) as "isLinked",
        (select l.user_id from user_identity l
          where l.idp_id = ${idpId} and l.source = ${source} and l.identifier = ${value} and l.issuer = ${issuer}
            and l.tenant_id = ${tx.tenantId}) as "linkedTo"
      from (select) one left join named n on true limit 1`,
  )
  return seen as Candidates
}
